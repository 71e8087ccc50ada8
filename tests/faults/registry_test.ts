/** Registries that refuse, slow down, lie, and send clients elsewhere. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertStringIncludes,
} from "@std/assert";
import {
  createTestCertificates,
  type FaultAction,
  startRegistry,
} from "../../src/testing/mod.ts";
import { ociEntry } from "../cli/workspace.ts";
import {
  assertNothingLeft,
  assertPulled,
  assertRefused,
  BEARER,
  GREETER,
  openScene,
  PASSWORD,
  playRecovery,
  playRefusal,
  type Refusal,
  type SceneOptions,
} from "./scene.ts";

const TOKEN = /^\/token/;
const MANIFEST = /\/manifests\//;
const BLOB = /\/blobs\//;
const LOGGED_IN: SceneOptions = {
  isLoggedIn: true,
  registry: { auth: BEARER },
};
const MIDDLE = Math.floor(GREETER.byteLength / 2);

// Refusals

Deno.test("a registry that answers 401 to every token is asked twice", async () => {
  await using scene = await openScene(LOGGED_IN);
  const fault = scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "reply",
      status: 401,
      headers: {
        "www-authenticate":
          `Bearer realm="${scene.registry.tokenUrl}",service="x"`,
      },
    },
  });
  assertRefused(await scene.pull("--json"), {
    code: "REGISTRY_AUTH",
    says: "authentication failed",
  });
  assertEquals(fault.hits, 2);
  assertNothingLeft(scene.work);
});

Deno.test("wrong credentials are refused by the token endpoint and not dropped", async () => {
  await using scene = await openScene({
    isLoggedIn: true,
    registry: {
      auth: { kind: "bearer", users: { ada: "another" }, anonymousPull: true },
    },
  });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "FORGE_TOKEN",
    isLasting: true,
  });
});

Deno.test("a private registry without credentials says so", async () => {
  await using scene = await openScene({ registry: { auth: BEARER } });
  await playRefusal(scene, {
    code: "REGISTRY_AUTH",
    says: "no credentials",
    isLasting: true,
  });
});

for (const expiredStatus of [401, 403] as const) {
  Deno.test(`a token that expires in mid-blob is replaced after a ${expiredStatus}`, async () => {
    let lateMs = 0;
    const now = () => Date.now() + lateMs;
    await using scene = await openScene({
      isLoggedIn: true,
      registry: { auth: { ...BEARER, expiredStatus }, clock: { now } },
    });
    const { registry } = scene;
    registry.fault({
      match: { path: BLOB },
      action: {
        kind: "alter",
        change: (reply) => {
          if (reply.status === 200) lateMs = 3_600_000;
          return reply;
        },
      },
      times: 1,
    });
    registry.fault({
      match: { path: BLOB },
      action: { kind: "cut", afterBytes: MIDDLE },
      times: 1,
    });
    await playRecovery(scene);
    const seen = registry.requests.filter(({ path }) => !MANIFEST.test(path));
    assertEquals(seen.map(({ status }) => status), [
      200,
      200,
      expiredStatus,
      200,
      206,
    ]);
  });
}

// Slowing down

Deno.test("a storm of 429 without Retry-After is given up after three tries", async () => {
  await using scene = await openScene();
  const fault = scene.registry.fault({
    match: { path: MANIFEST },
    action: { kind: "reply", status: 429 },
  });
  await playRefusal(scene, {
    code: "REGISTRY_RATE_LIMITED",
    says: "asks to slow down",
  });
  assertEquals(fault.hits, 3);
});

Deno.test("a storm of 429 with Retry-After is waited out", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  const fault = registry.fault({
    match: { path: MANIFEST },
    action: { kind: "reply", status: 429, headers: { "retry-after": "4" } },
    times: 6,
  });
  await playRecovery(scene);
  assertEquals(fault.hits, 6);
  assertGreater(clock.passedMs, 24_000 - 1);
});

Deno.test("a Retry-After beyond the budget fails at once and says when to try again", async () => {
  await using scene = await openScene();
  const { registry, clock } = scene;
  const fault = registry.fault({
    match: { path: BLOB },
    action: { kind: "reply", status: 429, headers: { "retry-after": "3600" } },
  });
  const result = await scene.pull("--json");
  assertRefused(result, {
    code: "REGISTRY_RATE_LIMITED",
    says: "asks to slow down",
  });
  const hint = result.json().extensions[0]?.error?.hint;
  const until = /Try again after (\S+);/.exec(hint ?? "")?.[1] ?? "";
  assertGreater(Date.parse(until) - clock.now(), 3_000_000);
  assertEquals(fault.hits, 1);
  assertNothingLeft(scene.work);
});

Deno.test("GHCR's wait inside the message of a 429 is waited for", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "reply",
      status: 429,
      body: JSON.stringify({
        errors: [{
          code: "TOOMANYREQUESTS",
          message: "retry-after: 1.106666ms, allowed: 44000/minute",
        }],
      }),
    },
    times: 5,
  });
  await playRecovery(scene);
});

for (const status of [500, 502, 503, 504, 408, 499, 522]) {
  Deno.test(`a burst of ${status} is got over`, async () => {
    await using scene = await openScene();
    const action: FaultAction = { kind: "reply", status };
    scene.registry.fault({ match: { path: MANIFEST }, action, times: 2 });
    scene.registry.fault({ match: { path: BLOB }, action, times: 2 });
    await playRecovery(scene);
  });
}

Deno.test("a registry that answers nothing but 503 is given up after three tries", async () => {
  await using scene = await openScene();
  const fault = scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "reply", status: 503 },
  });
  await playRefusal(scene, { code: "REGISTRY_FAILED", says: "503" });
  assertEquals(fault.hits, 3);
});

// Elsewhere

Deno.test("redirects that go round in circles end", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: { kind: "redirect", to: ({ path }) => path },
  });
  await playRefusal(scene, {
    code: "REGISTRY_RESPONSE_INVALID",
    says: "Gave up after 10 redirects",
  });
});

/** Places that a registry sends its clients to, and may not. */
const FORBIDDEN: readonly (Refusal & {
  readonly name: string;
  readonly to: string;
})[] = [
  {
    name: "a redirect to the metadata address of a cloud is refused",
    to: "http://169.254.169.254/latest/meta-data/",
    code: "NETWORK_DENIED",
    says: "it is a private address",
  },
  {
    name: "a redirect to a private address is refused",
    to: "http://10.0.0.7/blob",
    code: "NETWORK_DENIED",
    says: "it is a private address",
  },
  {
    name:
      "a redirect to a host that the configuration does not name is refused",
    to: "https://registry.example/blob",
    code: "NETWORK_DENIED",
    says: "registry.example:443",
  },
  {
    name: "a redirect to a file is refused",
    to: "file:///etc/passwd",
    code: "NETWORK_DENIED",
    says: "is not HTTP",
  },
  {
    name: "a redirect that carries credentials is refused",
    to: "http://ada:guess@127.0.0.1:9/blob",
    code: "NETWORK_DENIED",
    says: "it carries credentials",
  },
];

for (const { name, to, ...refusal } of FORBIDDEN) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    scene.registry.fault({
      match: { path: BLOB },
      action: { kind: "redirect", to },
    });
    await playRefusal(scene, refusal);
  });
}

Deno.test("a redirect from https to http is refused", async () => {
  const certificates = await createTestCertificates();
  await using scene = await openScene({
    registry: { tls: certificates.server },
    settings: `ca_file: Some("ca.pem")`,
  });
  await scene.work.write("ca.pem", certificates.ca);
  scene.registry.fault({
    match: { path: BLOB },
    action: {
      kind: "redirect",
      to: ({ path }) => `http://${scene.registry.host}${path}`,
    },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: "it leads from https to http",
  });
});

Deno.test("a private authority is not trusted until ca_file names it", async () => {
  const certificates = await createTestCertificates();
  await using scene = await openScene({
    registry: { tls: certificates.server },
    settings: `ca_file: Some("ca.pem")`,
  });
  const other = await createTestCertificates();
  await scene.work.write("ca.pem", other.ca);
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_FAILED",
    says: "certificate not trusted",
  });
  assertNothingLeft(scene.work);
  await scene.work.write("ca.pem", certificates.ca);
  await assertPulled(await scene.pull("--json"), scene.work);
});

// Attempts to get at the credentials

Deno.test("a realm elsewhere does not get the credentials", async () => {
  await using thief = await startRegistry();
  await using scene = await openScene({
    isLoggedIn: true,
    registry: { auth: { ...BEARER, realm: `${thief.origin}/token` } },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: thief.host,
    isLasting: true,
  });
  assertEquals(thief.requests.length, 0);
});

Deno.test("a realm that is the metadata address of a cloud is refused", async () => {
  await using scene = await openScene({
    isLoggedIn: true,
    registry: { auth: { ...BEARER, realm: "http://169.254.169.254/token" } },
  });
  await playRefusal(scene, {
    code: "NETWORK_DENIED",
    says: "(realm): it is a private address",
    isLasting: true,
  });
});

Deno.test("a redirect to an allowed host does not carry the credentials along", async () => {
  await using store = await startRegistry();
  await using scene = await openScene({
    ...LOGGED_IN,
    settings: `allowed_hosts: ["127.0.0.1"]`,
  });
  store.fault({
    action: { kind: "reply", status: 200, body: GREETER },
  });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "redirect", to: `${store.origin}/blob` },
  });
  const config = await Deno.readTextFile(`${scene.work.root}/forge.ron`);
  await scene.work.write(
    "forge.ron",
    config.replace(`["127.0.0.1"]`, `["${store.host}"]`),
  );
  await playRecovery(scene);
  assertEquals(store.requests.length, 1);
  const sent = JSON.stringify(store.requests[0]);
  assertEquals(store.requests[0]?.authorization, undefined);
  assert(!sent.includes(PASSWORD) && !sent.includes(btoa(`ada:${PASSWORD}`)));
});

Deno.test("a challenge of the storage behind a registry gets no credentials", async () => {
  await using store = await startRegistry({
    auth: { kind: "basic", users: {} },
  });
  await using scene = await openScene({ ...LOGGED_IN });
  const config = await Deno.readTextFile(`${scene.work.root}/forge.ron`);
  await scene.work.write(
    "forge.ron",
    config.replace(
      "    settings:",
      `    registries: {"${scene.registry.host}": RegistrySettings(allowed_hosts: ["${store.host}"])},\n    settings:`,
    ),
  );
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "redirect", to: `${store.origin}/v2/a/b/blobs/c` },
  });
  await playRefusal(scene, { code: "REGISTRY_FAILED", says: "401" });
  assertEquals(store.requests.map(({ authorization }) => authorization), [
    undefined,
  ]);
});

// What is not the protocol

const PORTAL = "<!doctype html><title>Welcome to our hotel</title>";

/** Answers of something that is no registry, or no honest one. */
const STRANGE: readonly (Refusal & {
  readonly name: string;
  readonly path: RegExp;
  readonly action: FaultAction;
  readonly scene?: SceneOptions;
})[] = [
  {
    name: "a captive portal in place of the manifest is told from one",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "answered with a web page",
  },
  {
    name: "a captive portal in place of the blob is told from it",
    path: BLOB,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "answered with a web page",
  },
  {
    name: "a captive portal in place of the token is told from one",
    path: TOKEN,
    action: {
      kind: "reply",
      status: 200,
      headers: { "content-type": "text/html" },
      body: PORTAL,
    },
    scene: LOGGED_IN,
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a captive portal that answers 403 is told from a refusal",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 403,
      headers: { "content-type": "text/html" },
      body: PORTAL,
    },
    code: "REGISTRY_RESPONSE_INVALID",
    says: "answered with a web page (403)",
  },
  {
    name: "a token answer without a token is refused",
    path: TOKEN,
    action: { kind: "reply", status: 200, body: `{"expires_in": 60}` },
    scene: LOGGED_IN,
    code: "REGISTRY_RESPONSE_INVALID",
    says: "something that is not a token",
  },
  {
    name: "a token answer without end is not read to its end",
    path: TOKEN,
    action: { kind: "body", bytes: new Uint8Array(4 * 1024 * 1024).fill(0x20) },
    scene: LOGGED_IN,
    code: "TOO_LARGE",
    says: "Failed to pull OCI image",
  },
  {
    name: "a manifest whose Content-Type contradicts it is refused",
    path: MANIFEST,
    action: {
      kind: "headers",
      set: { "content-type": "application/vnd.oci.image.index.v1+json" },
    },
    code: "MANIFEST_INVALID",
    says: "Failed to pull OCI image",
  },
  {
    name: "a Docker-Content-Digest that the manifest contradicts is refused",
    path: MANIFEST,
    action: {
      kind: "headers",
      set: { "docker-content-digest": `sha256:${"0".repeat(64)}` },
    },
    code: "DIGEST_MISMATCH",
    says: "its header says sha256:0000",
  },
  {
    name: "an error of a megabyte is not repeated to the user",
    path: MANIFEST,
    action: {
      kind: "reply",
      status: 400,
      body: JSON.stringify({
        errors: [{ code: "X", message: "y".repeat(1_000_000) }],
      }),
    },
    code: "REGISTRY_FAILED",
    says: "400",
  },
];

for (const { name, path, action, scene: options, ...refusal } of STRANGE) {
  Deno.test(name, async () => {
    await using scene = await openScene(options);
    scene.registry.fault({ match: { path }, action });
    await playRefusal(scene, refusal);
  });
}

/** What registries leave out or add, and what is no trouble. */
const HARMLESS: readonly {
  readonly name: string;
  readonly action: FaultAction;
}[] = [
  {
    name: "a registry without Docker-Content-Digest is no trouble",
    action: { kind: "headers", remove: ["docker-content-digest"] },
  },
  {
    name: "an empty Docker-Content-Digest is no trouble",
    action: { kind: "headers", set: { "docker-content-digest": "" } },
  },
  {
    name: "a registry without Content-Type is no trouble",
    action: { kind: "headers", remove: ["content-type"] },
  },
  {
    name: "parameters of a Content-Type are no trouble",
    action: {
      kind: "alter",
      change: (reply) => ({
        ...reply,
        headers: {
          ...reply.headers,
          "content-type": `${reply.headers["content-type"]}; charset=utf-8`,
        },
      }),
    },
  },
];

for (const { name, action } of HARMLESS) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    scene.registry.fault({ action });
    await playRecovery(scene);
  });
}

Deno.test("a HEAD that lies about the digest misleads nobody", async () => {
  await using scene = await openScene();
  const fault = scene.registry.fault({
    match: { method: "HEAD" },
    action: {
      kind: "headers",
      set: { "docker-content-digest": "sha256:00", "content-length": "7" },
    },
  });
  const { registry, work } = scene;
  const { out } = await work.forge(
    "digest",
    `${registry.host}/acme/greeter:v1`,
  );
  assertStringIncludes(
    out,
    registry.manifest("acme/greeter", "v1")?.digest ?? "nothing",
  );
  assertEquals(fault.hits, 1);
  await playRecovery(scene);
});

Deno.test("a Range that is answered with another part starts again", async () => {
  await using scene = await openScene();
  const { registry } = scene;
  registry.fault({
    match: { path: BLOB },
    action: { kind: "cut", afterBytes: MIDDLE },
    times: 1,
  });
  registry.fault({
    match: { path: BLOB, when: ({ headers }) => "range" in headers },
    action: {
      kind: "headers",
      set: { "content-range": `bytes 0-1/${GREETER.byteLength}` },
    },
  });
  await playRecovery(scene);
});

Deno.test("a registry that ignores Range sends the blob from its start", async () => {
  await using scene = await openScene({
    registry: { behavior: { ranges: false } },
  });
  scene.registry.fault({
    match: { path: BLOB },
    action: { kind: "cut", afterBytes: MIDDLE },
    times: 1,
  });
  await playRecovery(scene);
});

Deno.test("a warning of the registry is shown once", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    action: {
      kind: "headers",
      set: { warning: `299 - "acme is for sale"` },
    },
  });
  const result = await scene.pull("--json");
  assertEquals(result.err.match(/acme is for sale/g)?.length, 1, result.err);
  await assertPulled(result, scene.work);
});

Deno.test("control characters of a registry's error do not reach the terminal", async () => {
  await using scene = await openScene();
  scene.registry.fault({
    match: { path: MANIFEST },
    action: {
      kind: "reply",
      status: 400,
      body: JSON.stringify({
        errors: [{ code: "\u001b[2J", message: "\u001b]0;gotcha\u0007 bad" }],
      }),
    },
  });
  const result = await scene.pull("--json");
  assertRefused(result, { code: "REGISTRY_FAILED", says: "bad" });
  // deno-lint-ignore no-control-regex -- control characters are the point
  assert(!/[\u0000-\u0009\u000b-\u001f]/.test(result.err), result.err);
});

Deno.test("a registry that is gone fails at once", async () => {
  await using scene = await openScene();
  await scene.registry.close();
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_FAILED",
    says: "connection refused",
  });
  assertNothingLeft(scene.work);
});

Deno.test("one extension that fails does not stop the others", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const entries = ociEntry(registry, "greeter", "v1") +
    ociEntry(registry, "gone", "v1");
  const config = await Deno.readTextFile(`${work.root}/forge.ron`);
  await work.write(
    "forge.ron",
    config.replace(ociEntry(registry, "greeter", "v1"), entries),
  );
  const result = await scene.pull("--json");
  assertEquals(result.status, 1);
  const { extensions } = result.json();
  assertEquals(extensions.map(({ status }) => status), ["pulled", "failed"]);
  assertEquals(extensions[1]?.error?.code, "REGISTRY_NOT_FOUND");
  assertEquals(work.cached().length, 2);
});
