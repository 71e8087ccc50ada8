/**
 * A registry that tries to lead its clients to a server that the configuration
 * does not name. That server must not see a single request.
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Config, parseConfig } from "../../src/config/mod.ts";
import { NetworkDeniedError } from "../../src/http/mod.ts";
import { digestBytes } from "../../src/oci/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { createProjectClient } from "../../src/project/mod.ts";
import type { RegistryEvent, Repository } from "../../src/registry/mod.ts";
import {
  createTestCertificates,
  type Fault,
  pushWasm,
  type Registry,
  startRegistry,
  type StartRegistryOptions,
} from "../../src/testing/mod.ts";
import { fixture, ociEntry, openWorkspace } from "../cli/workspace.ts";
import { runForge } from "./real_process.ts";

const GREETER = await fixture("greeter");
const GREETER_DIGEST = await digestBytes(GREETER);
const NEW_BLOB = new TextEncoder().encode("not there yet");
const NEW_DIGEST = await digestBytes(NEW_BLOB);

/** A configuration of one extension, and how to reach its registry. */
function configFor(registry: Registry, settings = ""): string {
  return `Config(extensions: Extensions(
    oci: [${ociEntry(registry, "greeter", "v1")}],
    registries: {"${registry.host}": RegistrySettings(${settings})},
    settings: Settings(docker_credentials: false),
  ))`;
}

const allowing = (host: string) => `allowed_hosts: ["${host}"]`;

/** The tricks that a pull meets; each leads to the server at `origin`. */
const TRICKS: readonly {
  readonly name: string;
  readonly purpose: string;
  readonly options: (origin: string) => StartRegistryOptions;
}[] = [
  {
    name: "a token realm",
    purpose: "realm",
    options: (origin) => ({
      auth: {
        kind: "bearer",
        users: {},
        anonymousPull: true,
        realm: `${origin}/token`,
      },
    }),
  },
  {
    name: "a redirect of the manifest",
    purpose: "redirect",
    options: (origin) => ({ faults: [redirectTo(origin, /\/manifests\//)] }),
  },
  {
    name: "a redirect of the blob",
    purpose: "redirect",
    options: (origin) => ({ faults: [redirectTo(origin, /\/blobs\//)] }),
  },
  {
    name: "a redirect after one to the registry itself",
    purpose: "redirect",
    options: (origin) => ({
      faults: [
        redirectTo(origin, /\/moved\//),
        {
          match: { path: /\/v2\/.*\/manifests\// },
          action: { kind: "redirect", to: "/moved/here" },
        },
      ],
    }),
  },
];

function redirectTo(origin: string, path: RegExp): Fault {
  return {
    match: { path },
    action: { kind: "redirect", to: (request) => origin + request.path },
  };
}

for (const { name, purpose, options } of TRICKS) {
  Deno.test(`${name} does not lead a run to a server that is not allowed`, async () => {
    await using other = await startRegistry();
    await using registry = await startRegistry(options(other.origin));
    await using work = await openWorkspace();
    await pushWasm(registry, "acme/greeter", "v1", GREETER);
    await pushWasm(other, "acme/greeter", "v1", GREETER);
    await work.write("forge.ron", configFor(registry));
    const { status, json } = await work.forge("run", "--json");
    assertEquals(status, 1);
    const error = json().extensions[0]?.error;
    assertEquals(error?.code, "NETWORK_DENIED");
    assertStringIncludes(error?.message ?? "", `${other.host} (${purpose})`);
    assertStringIncludes(error?.hint ?? "", `"${other.host}" to allowed_hosts`);
    assertEquals(other.requests.length, 0);
    assert(registry.requests.length > 0);
  });
}

Deno.test("allowed_hosts lets the same redirects through", async () => {
  for (const { options } of TRICKS.slice(1, 3)) {
    await using other = await startRegistry();
    await using registry = await startRegistry(options(other.origin));
    await using work = await openWorkspace();
    await pushWasm(registry, "acme/greeter", "v1", GREETER);
    await pushWasm(other, "acme/greeter", "v1", GREETER);
    await work.write("forge.ron", configFor(registry, allowing(other.host)));
    const { status, err } = await work.forge("run");
    assertEquals(status, 0, err);
    assert(other.requests.length > 0);
  }
});

Deno.test("allowed_hosts lets a token realm and a blob store of their own work", async () => {
  await using registry = await startRegistry({
    auth: {
      kind: "bearer",
      users: {},
      anonymousPull: true,
      separateOrigin: true,
    },
    behavior: { redirectBlobs: true },
  });
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", GREETER);
  const second = new URL(registry.secondOrigin).host;
  const askedSecond = () =>
    registry.requests.filter(({ host }) => host === second)
      .map(({ path }) => path.split("/")[1]);

  await work.write("forge.ron", configFor(registry));
  const refused = await work.forge("run", "--json");
  assertEquals(refused.json().extensions[0]?.error?.code, "NETWORK_DENIED");
  assertEquals(askedSecond(), []);

  await work.write("forge.ron", configFor(registry, allowing(second)));
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);
  assertEquals([...new Set(askedSecond())].sort(), ["storage", "token"]);
});

Deno.test("a mirror that answers with redirects is left for the registry", async () => {
  await using other = await startRegistry();
  await using mirror = await startRegistry({
    faults: [redirectTo(other.origin, /\/v2\//)],
  });
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", GREETER);
  await pushWasm(other, "acme/greeter", "v1", GREETER);
  await work.write(
    "forge.ron",
    configFor(registry, `mirrors: ["${mirror.host}"]`),
  );
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);
  assert(mirror.requests.length > 0);
  assert(registry.requests.length > 0);
  assertEquals(other.requests.length, 0);
});

Deno.test("the urls of an index entry and of a layer are not asked", async () => {
  await using other = await startRegistry();
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const pushed = await pushWasm(other, "acme/greeter", "v1", GREETER);
  const stored = other.manifest("acme/greeter", pushed.manifestDigest);
  assert(stored !== undefined);
  const manifest = JSON.parse(new TextDecoder().decode(stored.bytes));
  for (const layer of manifest.layers) {
    layer.urls = [`${other.origin}/v2/acme/greeter/blobs/${layer.digest}`];
  }
  await work.write("forge.ron", configFor(registry));
  const codeOfRun = async () =>
    (await work.forge("run", "--json")).json().extensions[0]?.error?.code;

  // The registry has the manifest and no layer: only the URLs would have it.
  registry.putBlob(new TextEncoder().encode("{}"), {
    repository: "acme/greeter",
  });
  registry.putManifest("acme/greeter", "v1", manifest);
  assertEquals(await codeOfRun(), "REGISTRY_NOT_FOUND");

  // The registry has the index and no manifest.
  registry.putManifest("acme/greeter", "v1", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: pushed.manifestDigest,
      size: stored.bytes.length,
      platform: { os: "wasi", architecture: "wasm" },
      urls: [
        `${other.origin}/v2/acme/greeter/manifests/${pushed.manifestDigest}`,
      ],
    }],
  });
  assertEquals(await codeOfRun(), "REGISTRY_NOT_FOUND");
  assertEquals(other.requests.length, 0);
});

Deno.test("nothing leads from https to http, not even to an allowed host", async () => {
  const { ca, server } = createTestCertificates();
  await using other = await startRegistry();
  await using registry = await startRegistry({
    tls: server,
    faults: [redirectTo(other.origin, /\/manifests\//)],
  });
  await using work = await openWorkspace();
  await work.write("ca.pem", ca);
  await work.write(
    "forge.ron",
    configFor(registry, `ca_file: Some("ca.pem"), ${allowing(other.host)}`),
  );
  const { json } = await work.forge("run", "--json");
  const error = json().extensions[0]?.error;
  assertEquals(error?.code, "NETWORK_DENIED");
  assertStringIncludes(error?.message ?? "", "from https to http");
  assertEquals(other.requests.length, 0);
});

/** Calls a repository of a registry with one fault, and tells how it failed. */
async function denialOf(
  fault: (origin: string) => Fault,
  call: (repository: Repository) => Promise<unknown>,
): Promise<{ readonly error: NetworkDeniedError; readonly other: string }> {
  await using other = await startRegistry();
  await using registry = await startRegistry();
  await pushWasm(registry, "acme/greeter", "v1", GREETER);
  registry.fault(fault(other.origin));
  const client = await clientFor(parseConfig(configFor(registry)).config);
  const error = await assertRejects(() =>
    call(client.repository(registry.host, "acme/greeter"))
  );
  assertInstanceOf(error, NetworkDeniedError);
  assertEquals(other.requests.length, 0);
  assert(registry.requests.length > 0);
  return { error, other: other.host };
}

function clientFor(config: Config, onEvent?: (event: RegistryEvent) => void) {
  return createProjectClient(config, {
    platform: { ...platform, env: () => undefined },
    root: "/",
    offline: false,
    onEvent,
  });
}

Deno.test("an upload Location does not lead to a server that is not allowed", async () => {
  const { error, other } = await denialOf(
    (origin) => ({
      match: { method: "POST", path: /\/uploads\// },
      action: {
        kind: "headers",
        set: { location: `${origin}/v2/acme/greeter/blobs/uploads/1` },
      },
    }),
    (repository) =>
      repository.pushBlob({
        mediaType: "application/wasm",
        digest: NEW_DIGEST,
        size: NEW_BLOB.length,
      }, NEW_BLOB),
  );
  assertEquals([error.host, error.purpose], [other, "upload location"]);
  assertStringIncludes(error.hint ?? "", "allowed_hosts");
});

Deno.test("the Link of a list of tags or of referrers stays on its registry", async () => {
  const linkTo = (path: RegExp) => (origin: string): Fault => ({
    match: { path },
    action: {
      kind: "headers",
      set: { link: `<${origin}/v2/acme/greeter/tags/list?n=9>; rel="next"` },
    },
  });
  const calls = [
    [/\/tags\/list/, (from: Repository) => from.tags()],
    [/\/referrers\//, (from: Repository) => from.referrers(GREETER_DIGEST)],
  ] as const;
  for (const [path, call] of calls) {
    const { error, other } = await denialOf(linkTo(path), call);
    assertEquals([error.host, error.purpose], [other, "link"]);
  }
});

Deno.test("a redirect to a mere name for the allowed address is refused too", async () => {
  await using registry = await startRegistry();
  const { port } = new URL(registry.origin);
  registry.fault({
    match: { path: /\/manifests\// },
    action: { kind: "redirect", to: `http://localhost:${port}/elsewhere` },
  });
  const events: RegistryEvent[] = [];
  const client = await clientFor(
    parseConfig(configFor(registry)).config,
    (event) => events.push(event),
  );
  const error = await assertRejects(
    () => client.repository(registry.host, "acme/greeter").fetchManifest("v1"),
    NetworkDeniedError,
  );
  assertEquals(error.host, `localhost:${port}`);
  assertEquals(registry.requests.length, 1);
});

Deno.test("the real command refuses in its second process, and the runtime would too", async () => {
  await using other = await startRegistry();
  await using registry = await startRegistry({
    faults: [redirectTo(other.origin, /\/blobs\//)],
  });
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", GREETER);
  await pushWasm(other, "acme/greeter", "v1", GREETER);
  await work.write("forge.ron", configFor(registry));
  const { status, out } = await runForge(["run", "--json"], { cwd: work.root });
  const document = JSON.parse(out);
  assertEquals([status, document.sandbox], [1, "process"]);
  assertEquals(document.extensions[0].error.code, "NETWORK_DENIED");
  assertEquals(other.requests.length, 0);
  const flags = await runForge(["permissions"], { cwd: work.root });
  assertStringIncludes(flags.out, `--allow-net=${registry.host} `);
});
