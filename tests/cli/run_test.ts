/** `forge run` and `forge pull`, from forge.ron to running extensions. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { cacheKey } from "../../src/cache/mod.ts";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import { fixture, forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

Deno.test("an extension is pulled, cached and loaded; then it comes from the cache", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const bytes = await fixture("greeter");
  const pushed = await pushWasm(registry, "acme/greeter", "v1", bytes);
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );

  const cold = await work.forge("run", "--json");
  assertEquals(cold.status, 0, cold.err);
  const key = cacheKey({
    registry: registry.host,
    image: "acme/greeter",
    reference: "v1",
  });
  assertEquals(cold.json(), {
    extensions: [{
      name: "greeter",
      source: "oci",
      registry: registry.host,
      image: "acme/greeter",
      reference: "v1",
      manifestDigest: pushed.manifestDigest,
      layerDigest: pushed.layerDigest,
      sha256: pushed.wasmSha256,
      sizeBytes: bytes.byteLength,
      path: join(work.cache, `${key}.wasm`),
      status: "pulled",
      loaded: true,
      kind: "core",
    }],
    ok: true,
    sandbox: "allowlist",
  } as unknown);
  assertStringIncludes(cold.err, "[greeter] hello from greeter\n");
  assertEquals(work.cached(), [`${key}.metadata.json`, `${key}.wasm`]);

  registry.requests.clear();
  const warm = await work.forge("run", "--json");
  assertEquals(warm.json().extensions[0]?.status, "cached");
  assertEquals(registry.requests.length, 0);
});

Deno.test("a digest reference pulls exactly that manifest", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const pushed = await pushWasm(
    registry,
    "acme/greeter",
    "v1",
    await fixture("greeter"),
  );
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", pushed.digest) }),
  );
  const { json, status } = await work.forge("run", "--json");
  assertEquals(status, 0);
  assertEquals(json().extensions[0]?.manifestDigest, pushed.digest);
});

Deno.test("pull does the same and loads nothing", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const { status, json, err } = await work.forge("pull", "--json");
  assertEquals(status, 0);
  assertEquals(json().extensions[0]?.status, "pulled");
  assertEquals(json().extensions[0]?.loaded, false);
  assertFalse(err.includes("[greeter]"));
});

Deno.test("the table names what a person asks for", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const { out } = await work.forge("run");
  const [header = "", row = ""] = out.split("\n");
  assertEquals(header.split(/\s+/), [
    "NAME",
    "SOURCE",
    "REFERENCE",
    "DIGEST",
    "SIZE",
    "STATUS",
  ]);
  assertStringIncludes(row, `${registry.host}/acme/greeter:v1`);
  assertStringIncludes(row, "pulled, loaded");
});

Deno.test("local extensions load from the disk, relative to the configuration", async () => {
  await using work = await openWorkspace();
  await work.write("app/ext/greeter.wasm", await fixture("greeter"));
  await work.write(
    "app/forge.ron",
    forgeRon({ local: `(name: "greeter", path: "./ext/greeter.wasm")` }),
  );
  const { status, json } = await work.forge(
    ...["run", "--json", "--config", "app/forge.ron"],
  );
  assertEquals(status, 0);
  const [entry] = json().extensions;
  assertEquals(entry?.source, "local");
  assertEquals(entry?.status, "local");
  assertEquals(entry?.loaded, true);
  assertEquals(entry?.path, join(work.root, "app/ext/greeter.wasm"));
});

Deno.test("without a configuration the extensions directory is scanned", async () => {
  await using work = await openWorkspace();
  const directory = "crates/server/extensions";
  await work.write(`${directory}/greeter.wasm`, await fixture("greeter"));
  await work.write(`${directory}/adder.wasm`, await fixture("notes"));
  const { status, json } = await work.forge("run", "--json");
  assertEquals(status, 0);
  assertEquals(
    json().extensions.map(({ name, source, loaded }) => [name, source, loaded]),
    [["adder", "scan", true], ["greeter", "scan", true]],
  );
});

Deno.test("online, every extension that cannot be had is listed and none is loaded", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/good", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "good", "v1") +
        ociEntry(registry, "gone", "v1") + ociEntry(registry, "lost", "v2"),
    }),
  );
  const { status, json, err } = await work.forge("run", "--json");
  assertEquals(status, 1);
  assertEquals(json().ok, false);
  assertEquals(
    json().extensions.map(({ name, status, loaded, error }) => [
      name,
      status,
      loaded,
      error?.code,
    ]),
    [
      ["good", "pulled", false, undefined],
      ["gone", "failed", false, "REGISTRY_NOT_FOUND"],
      ["lost", "failed", false, "REGISTRY_NOT_FOUND"],
    ],
  );
  for (const name of ["gone", "lost"]) {
    assertStringIncludes(err, `Failed to fetch OCI extension "${name}"`);
  }
  assertStringIncludes(err, "Failed to pull OCI image");
});

Deno.test("offline, what is cached loads, what is not is skipped with the guide's warning", async () => {
  await using work = await openWorkspace();
  let host = "";
  {
    await using registry = await startRegistry();
    host = registry.host;
    await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
    );
    assertEquals((await work.forge("pull")).status, 0);
  }
  await work.write("local.wasm", await fixture("notes"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(host, "greeter", "v1") + ociEntry(host, "other", "v1"),
      local: `(name: "mine", path: "local.wasm")`,
      settings: "offline_mode: true",
    }),
  );
  const { status, json, err } = await work.forge("run", "--json");
  assertEquals(status, 0);
  assertEquals(
    json().extensions.map(({ name, status, loaded }) => [name, status, loaded]),
    [
      ["greeter", "cached", true],
      ["other", "skipped", false],
      ["mine", "local", true],
    ],
  );
  assertStringIncludes(err, "Skipping other (offline mode, not cached)");
});

Deno.test("offline, no request is ever made", async () => {
  await using work = await openWorkspace({
    platform: {
      fetch: () => {
        throw new Error("the network was asked");
      },
    },
  });
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry("ghcr.io", "other", "v1") }),
  );
  const { status, err } = await work.forge("run", "--offline");
  assertEquals(status, 0);
  assertFalse(err.includes("the network was asked"));
});

Deno.test("a damaged entry is reported and fetched again", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const first = await work.forge("pull", "--json");
  const path = first.json().extensions[0]?.path ?? "";
  await damage(path);

  const { status, json, err } = await work.forge("run", "--json");
  assertEquals(status, 0);
  const key = path.slice(-69, -5);
  assertStringIncludes(
    err,
    `Checksum verification failed for ${key}, re-fetching`,
  );
  assertEquals(json().extensions[0]?.status, "pulled");
  assertEquals(json().extensions[0]?.loaded, true);
});

Deno.test("a damaged entry is skipped with a warning when offline", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const first = await work.forge("pull", "--json");
  await damage(first.json().extensions[0]?.path ?? "");
  const { status, json, err } = await work.forge("run", "--json", "--offline");
  assertEquals(status, 0);
  assertEquals(json().extensions[0]?.status, "skipped");
  assertEquals(json().extensions[0]?.error?.code, "CACHE_CORRUPT");
  assertStringIncludes(err, "Skipping greeter (offline mode, not cached)");
});

Deno.test("verify_checksums: false takes the cached file as it is", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "verify_checksums: false",
    }),
  );
  const first = await work.forge("pull", "--json");
  await damage(first.json().extensions[0]?.path ?? "");
  const { json } = await work.forge("run", "--json");
  assertEquals(json().extensions[0]?.status, "cached");
});

Deno.test("credentials come from the variables that auth names, and only when both are set", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { ada: "s3cret-t0ken" } },
  });
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  const ron = forgeRon({
    oci: ociEntry(registry, "greeter", "v1"),
    auth:
      `"${registry.host}": RegistryAuth(username_env: Some("FORGE_USER"), token_env: Some("FORGE_TOKEN"))`,
  });
  {
    await using work = await openWorkspace({
      env: { FORGE_USER: "ada", FORGE_TOKEN: "s3cret-t0ken" },
    });
    await work.write("forge.ron", ron);
    assertEquals((await work.forge("run")).status, 0);
  }
  await using work = await openWorkspace({ env: { FORGE_USER: "ada" } });
  await work.write("forge.ron", ron);
  const { status, err } = await work.forge("run");
  assertEquals(status, 1);
  assertStringIncludes(err, "Failed to pull OCI image: authentication failed");
  assertStringIncludes(err, "FORGE_TOKEN");
});

Deno.test("a wrong password is refused without being told to anyone", async () => {
  await using registry = await startRegistry({
    auth: { kind: "bearer", users: { ada: "right" } },
  });
  await using work = await openWorkspace({
    env: { FORGE_USER: "ada", FORGE_TOKEN: "wr0ng-t0ken" },
  });
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      auth:
        `"${registry.host}": RegistryAuth(username_env: Some("FORGE_USER"), token_env: Some("FORGE_TOKEN"))`,
    }),
  );
  const { status, err, out } = await work.forge("run", "--json");
  assertEquals(status, 1);
  assertStringIncludes(err, "authentication failed");
  assertFalse((err + out).includes("wr0ng-t0ken"));
});

Deno.test("two entries that name one image share one pull", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/one", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "first", "v1", "acme/one") +
        ociEntry(registry, "second", "v1", "acme/one"),
    }),
  );
  const { json, err } = await work.forge("run", "--json");
  assertEquals(json().extensions.map(({ loaded }) => loaded), [true, true]);
  assertStringIncludes(err, "[first] hello");
  assertStringIncludes(err, "[second] hello");
  const blobs = registry.requests.filter(({ path }) =>
    path.includes("/blobs/")
  );
  assertEquals(blobs.length, 1);
});

Deno.test("a component is recognised, reported, and its core module is run", async () => {
  await using work = await openWorkspace();
  await work.write("c.wasm", await fixture("component"));
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "comp", path: "c.wasm")` }),
  );
  const { json, status } = await work.forge("run", "--json");
  const [entry] = json().extensions;
  assertEquals(entry?.kind, "component");
  assertEquals(entry?.loaded, true);
  assertEquals(status, 0);
});

Deno.test("an extension of the Forge world is started, and says what it is", async () => {
  await using work = await openWorkspace();
  await work.write("w.wasm", await fixture("world"));
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "tracker", path: "w.wasm")` }),
  );
  const { out } = await work.forge("run");
  assertStringIncludes(out, "local, loaded (world 0.2.0)");
  const { json, status, err } = await work.forge("run", "--json");
  assertEquals(json().extensions[0]?.info, {
    name: "world",
    version: "0.2.0",
    capabilities: ["echo"],
  });
  assertEquals(status, 0);
  assertStringIncludes(err, "[tracker] shutting down");
});

Deno.test("one extension that does not start leaves the others running", async () => {
  await using work = await openWorkspace();
  await work.write("bad.wasm", await fixture("bad_import"));
  await work.write("w.wasm", await fixture("world"));
  const local =
    `(name: "bad", path: "bad.wasm"), (name: "good", path: "w.wasm")`;
  await work.write("forge.ron", forgeRon({ local }));
  const { json, status, err } = await work.forge("run", "--json");
  assertEquals(json().extensions.map(({ loaded }) => loaded), [false, true]);
  assertEquals(status, 1);
  assertStringIncludes(err, "[good] shutting down");
});

Deno.test("Ctrl-C stops a pull at once and leaves no entry", async () => {
  await using registry = await startRegistry();
  const interrupt = new AbortController();
  await using work = await openWorkspace({ signal: interrupt.signal });
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  const never = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  registry.fault({
    match: {
      path: /\/blobs\//,
      when: () => {
        asked.resolve();
        return true;
      },
    },
    action: { kind: "hold", until: never.promise },
  });
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const running = work.forge("run");
  await asked.promise;
  interrupt.abort(new DOMException("Interrupted", "AbortError"));
  const { status, err } = await running;
  never.resolve();
  assertEquals(status, 130);
  assertStringIncludes(err, "interrupted");
  assert(work.cached().every((name) => !name.endsWith(".wasm")));
});

async function damage(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 1]! ^= 0xff;
  await Deno.writeFile(path, bytes);
}
