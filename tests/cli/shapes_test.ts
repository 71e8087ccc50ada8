/** Every shape in which WASM is published, pulled and loaded by `forge run`. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compressZstd } from "../../src/artifact/zstd_fakes_test.ts";
import * as zlib from "node:zlib";
import {
  gzipBytes,
  type LayerFile,
  tarLayer,
} from "../../src/testing/layers.ts";
import {
  type Descriptor,
  pushWasm,
  type Registry,
  startRegistry,
  type WasmShape,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type RunDocument,
} from "./workspace.ts";

const TAR_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Everything but `spin`, which has several modules, and `tar-zstd` where it cannot be made. */
const SHAPES: readonly WasmShape[] = [
  "buildah",
  "cncf",
  "crane-append",
  "docker-build",
  "docker-buildx-index",
  "estargz",
  "forge-ci",
  "forge-server",
  "multi-platform-index",
  "oras-untyped",
  "runwasi",
  "runwasi-w3c",
  "solo",
  "tar",
  ...(zlib.zstdCompressSync === undefined ? [] : ["tar-zstd"] as const),
  "wasm-to-oci",
  "wasmcloud",
];

const BESIDE = {
  "README.md": new TextEncoder().encode("# Greeter\n"),
  "etc/greeting": new TextEncoder().encode("hello"),
};

async function runGreeter(registry: Registry, reference = "v1"): Promise<{
  readonly status: number;
  readonly err: string;
  readonly entry: RunDocument["extensions"][number];
}> {
  await using work = await openWorkspace();
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", reference) }),
  );
  const { status, err, json } = await work.forge("run", "--json");
  const cached = work.cached().length;
  assertEquals(cached, status === 0 ? 2 : 0, "files in the cache");
  return { status, err, entry: json().extensions[0]! };
}

for (const shape of SHAPES) {
  Deno.test(`an extension published in the shape "${shape}" runs`, async () => {
    await using registry = await startRegistry();
    const pushed = await pushWasm(
      registry,
      "acme/greeter",
      "v1",
      await fixture("greeter"),
      { shape, otherFiles: BESIDE },
    );
    for (const reference of ["v1", pushed.digest]) {
      const { status, err, entry } = await runGreeter(registry, reference);
      assertEquals(status, 0, err);
      assertEquals(entry.loaded, true);
      assertEquals(entry.sha256, pushed.wasmSha256);
      assertEquals(entry.manifestDigest, pushed.digest);
      assertStringIncludes(err, "[greeter] hello from greeter");
    }
  });
}

Deno.test("a Spin application, several modules, is refused and its modules are counted", async () => {
  await using registry = await startRegistry();
  const bytes = await fixture("greeter");
  await pushWasm(registry, "acme/greeter", "v1", bytes, { shape: "spin" });
  const { status, err, entry } = await runGreeter(registry);
  assertEquals(status, 1);
  assertEquals(entry.error?.code, "ARTIFACT_AMBIGUOUS");
  assertStringIncludes(err, "Cannot choose among 2 modules");
  assertMatch(err, /^ {2}hint: .*Spin/m);
});

// Files in layers

async function pushLayers(
  registry: Registry,
  layers: readonly (readonly LayerFile[])[],
): Promise<void> {
  const packed = await Promise.all(
    layers.map(async (files) => ({
      mediaType: TAR_GZIP,
      content: gzipBytes(await tarLayer(files)),
    })),
  );
  registry.image("acme/greeter", "v1", {
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      content: { architecture: "amd64", os: "linux" },
    },
    layers: packed,
  });
}

Deno.test("a layer of zstd runs on every runtime, also where none can be written", async () => {
  await using registry = await startRegistry();
  const tar = await tarLayer([
    { path: "extension.wasm", bytes: await fixture("greeter") },
  ]);
  registry.image("acme/greeter", "v1", {
    layers: [{
      mediaType: "application/vnd.oci.image.layer.v1.tar+zstd",
      content: compressZstd(tar),
    }],
  });
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
  assertStringIncludes(err, "[greeter] hello from greeter");
});

Deno.test("of several modules in a tar, extension.wasm is the one", async () => {
  await using registry = await startRegistry();
  await pushLayers(registry, [[
    { path: "a.wasm", bytes: await fixture("notes") },
    { path: "extension.wasm", bytes: await fixture("greeter") },
    { path: "z.wasm", bytes: await fixture("trap") },
  ]]);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
  assertStringIncludes(err, "[greeter] hello from greeter");
});

Deno.test("plugin.wasm is the one where there is no extension.wasm", async () => {
  await using registry = await startRegistry();
  await pushLayers(registry, [[
    { path: "plugin.wasm", bytes: await fixture("greeter") },
    { path: "other.wasm", bytes: await fixture("notes") },
  ]]);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
  assertStringIncludes(err, "[greeter] hello from greeter");
});

Deno.test("several modules in a tar of which none has a telling name are refused by name", async () => {
  await using registry = await startRegistry();
  await pushLayers(registry, [[
    { path: "one.wasm", bytes: await fixture("greeter") },
    { path: "two.wasm", bytes: await fixture("notes") },
  ]]);
  const { status, err, entry } = await runGreeter(registry);
  assertEquals(status, 1);
  assertEquals(entry.error?.code, "ARTIFACT_AMBIGUOUS");
  assertStringIncludes(err, `"one.wasm", "two.wasm"`);
  assertMatch(err, /hint: .*extension\.wasm/);
});

Deno.test("the last layer that has the module counts", async () => {
  await using registry = await startRegistry();
  await pushLayers(registry, [
    [{ path: "extension.wasm", bytes: await fixture("notes") }],
    [{ path: "extension.wasm", bytes: await fixture("greeter") }],
    [{ path: "README.md", bytes: BESIDE["README.md"] }],
  ]);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
  assertStringIncludes(err, "[greeter] hello from greeter");
});

Deno.test("a module that a later layer deletes is not there", async () => {
  await using registry = await startRegistry();
  await pushLayers(registry, [
    [
      { path: "app/greeter.wasm", bytes: await fixture("greeter") },
      { path: "app/old.wasm", bytes: await fixture("notes") },
    ],
    [{ path: "app/.wh.old.wasm", bytes: new Uint8Array() }],
  ]);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
  assertStringIncludes(err, "[greeter] hello from greeter");
});

Deno.test("an image without a module says which files it has", async () => {
  await using registry = await startRegistry();
  await pushLayers(registry, [
    [{ path: "extension.wasm", bytes: await fixture("greeter") }],
    [
      { path: ".wh..wh..opq", bytes: new Uint8Array() },
      { path: "bin/sh", bytes: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46) },
    ],
  ]);
  const { status, err, entry } = await runGreeter(registry);
  assertEquals(status, 1);
  assertEquals(entry.error?.code, "ARTIFACT_NO_MODULE");
  assertStringIncludes(err, "bin/sh");
  assertMatch(err, /hint: /);
});

// Indexes

async function pushPlain(registry: Registry): Promise<Descriptor> {
  const { manifestDigest } = await pushWasm(
    registry,
    "acme/greeter",
    "plain",
    await fixture("greeter"),
  );
  const stored = registry.manifest("acme/greeter", manifestDigest)!;
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: manifestDigest,
    size: stored.bytes.byteLength,
  };
}

/** Puts so many indexes around an image, the outermost tagged `v1`. */
function nest(registry: Registry, inner: Descriptor, depth: number): void {
  let wrapped = inner;
  for (let left = depth; left > 0; left--) {
    const tag = left === 1 ? "v1" : `depth-${left}`;
    wrapped = registry.index("acme/greeter", tag, [wrapped]);
  }
}

Deno.test("indexes in indexes are followed three deep", async () => {
  await using registry = await startRegistry();
  nest(registry, await pushPlain(registry), 3);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
});

Deno.test("indexes in indexes are followed no deeper than that", async () => {
  await using registry = await startRegistry();
  nest(registry, await pushPlain(registry), 4);
  const { status, entry } = await runGreeter(registry);
  assertEquals(status, 1);
  assertEquals(entry.error?.code, "MANIFEST_INVALID");
  assertStringIncludes(entry.error?.message ?? "", "more than 3 deep");
});

Deno.test("attestations in an index are not taken for the module", async () => {
  await using registry = await startRegistry();
  const image = await pushPlain(registry);
  const { manifest: attestation } = registry.image("acme/greeter", "att", {
    layers: [{
      mediaType: "application/vnd.in-toto+json",
      content: { predicateType: "https://slsa.dev/provenance/v1" },
    }],
  });
  registry.index("acme/greeter", "v1", [
    {
      ...attestation,
      platform: { architecture: "unknown", os: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    },
    { ...image, platform: { architecture: "amd64", os: "linux" } },
  ]);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 0, err);
});

Deno.test("an index that leaves the choice open lists its candidates", async () => {
  await using registry = await startRegistry();
  const image = await pushPlain(registry);
  const { manifest: other } = registry.image("acme/greeter", "other", {
    layers: [{
      mediaType: "application/wasm",
      content: await fixture("notes"),
    }],
  });
  registry.index("acme/greeter", "v1", [
    { ...image, platform: { architecture: "s390x", os: "aix" } },
    { ...other, platform: { architecture: "ppc64", os: "aix" } },
  ]);
  const { status, err } = await runGreeter(registry);
  assertEquals(status, 1);
  assertStringIncludes(err, "aix/s390x");
  assertStringIncludes(err, "aix/ppc64");
});
