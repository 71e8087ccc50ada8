/** Answers that are not what they seem. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { FaultAction } from "../../src/testing/mod.ts";
import { ociEntry } from "../cli/workspace.ts";
import {
  assertNothingLeft,
  assertPulled,
  assertRefused,
  BLOB,
  GREETER,
  LOGGED_IN,
  MANIFEST,
  MIDDLE,
  openScene,
  playRecovery,
  playRefusal,
  type Refusal,
  type SceneOptions,
  TOKEN,
} from "./scene.ts";

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
