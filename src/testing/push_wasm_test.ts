import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import * as zlib from "node:zlib";
import {
  DOCKER_MANIFEST,
  type ImageManifest,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../oci/mod.ts";
import { ForgeError } from "../errors.ts";
import { pushWasm, startRegistry, type WasmShape } from "./mod.ts";

const CORE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const COMPONENT = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);

type Unpack = (layer: Uint8Array) => Uint8Array;

const raw: Unpack = (layer) => layer;
const gunzip: Unpack = (layer) => new Uint8Array(zlib.gunzipSync(layer));
/** The content of the last file of a tar that has one block of content. */
const untar: Unpack = (tar) => {
  const name = new TextEncoder().encode("extension.wasm\0");
  let at = 0;
  while (!name.every((byte, i) => tar[at + i] === byte)) at += 512;
  return tar.slice(at + 512, at + 512 + CORE.byteLength);
};
const untarGzip: Unpack = (layer) => untar(gunzip(layer));

const DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
const MODULE = "application/vnd.module.wasm.content.layer.v1+wasm";

/** Media types of manifest, config and layer, and how to get at the module. */
const SHAPES: Readonly<
  Record<
    Exclude<WasmShape, "tar-zstd">,
    readonly [string, string, string, Unpack]
  >
> = {
  "buildah": [OCI_MANIFEST, "oci.image", `${OCI_LAYER}+gzip`, untarGzip],
  "cncf": [OCI_MANIFEST, "wasm.config.v0", "application/wasm", raw],
  "crane-append": [DOCKER_MANIFEST, "docker", DOCKER_LAYER, gunzip],
  "docker-build": [DOCKER_MANIFEST, "docker", DOCKER_LAYER, untarGzip],
  "docker-buildx-index": [
    OCI_MANIFEST,
    "oci.image",
    `${OCI_LAYER}+gzip`,
    untarGzip,
  ],
  "estargz": [OCI_MANIFEST, "oci.image", `${OCI_LAYER}+gzip`, untarGzip],
  "forge-ci": [OCI_MANIFEST, "oci.empty", MODULE, raw],
  "forge-server": [
    OCI_MANIFEST,
    "oci.image",
    "application/vnd.wasm.module.v1+wasm",
    raw,
  ],
  "multi-platform-index": [
    OCI_MANIFEST,
    "oci.image",
    "application/vnd.w3c.wasm.module.v1+wasm",
    raw,
  ],
  "oras-untyped": [OCI_MANIFEST, "oci.empty", OCI_LAYER, raw],
  "runwasi": [
    OCI_MANIFEST,
    "oci.image",
    "application/vnd.bytecodealliance.wasm.component.layer.v0+wasm",
    raw,
  ],
  "runwasi-w3c": [
    OCI_MANIFEST,
    "oci.image",
    "application/vnd.w3c.wasm.module.v1+wasm",
    raw,
  ],
  "solo": [OCI_MANIFEST, "oci.image", MODULE, raw],
  "spin": [
    OCI_MANIFEST,
    "oci.image",
    "application/vnd.wasm.content.layer.v1+wasm",
    raw,
  ],
  "tar": [OCI_MANIFEST, "oci.image", OCI_LAYER, untar],
  "wasm-to-oci": [
    OCI_MANIFEST,
    "wasm.config.v1",
    "application/vnd.wasm.content.layer.v1+wasm",
    raw,
  ],
  "wasmcloud": [OCI_MANIFEST, "wasmcloud", MODULE, raw],
};

Deno.test("every shape has its media types, and the module in the layer it names", async () => {
  await using registry = await startRegistry();
  for (const [name, expected] of Object.entries(SHAPES)) {
    const shape = name as WasmShape;
    const [manifestType, configType, layerType, unpack] = expected;
    const pushed = await pushWasm(registry, "acme/notes", name, CORE, {
      shape,
    });

    const manifest = registry.manifest("acme/notes", pushed.manifestDigest);
    assertEquals(manifest?.mediaType, manifestType, name);
    const { config, layers } = manifest?.document as ImageManifest;
    const layer = layers.find(({ digest }) => digest === pushed.layerDigest);
    const stored = registry.blob(pushed.layerDigest) ?? new Uint8Array();
    assert(config.mediaType.includes(configType), name);
    assertEquals(layer?.mediaType, layerType, name);
    assertEquals(layer?.size, stored.byteLength, name);
    assertEquals(unpack(stored), CORE, name);
    assertEquals(registry.manifest("acme/notes", name)?.digest, pushed.digest);
  }
});

Deno.test("zstd is there where the runtime has it, and else said to be missing", async () => {
  await using registry = await startRegistry();
  const push = () =>
    pushWasm(registry, "acme/notes", "v1", CORE, { shape: "tar-zstd" });
  const decompress: typeof zlib.zstdDecompressSync | undefined =
    zlib.zstdDecompressSync;
  if (decompress === undefined) {
    const error = await assertRejects(push, ForgeError);
    assertEquals(error.code, "ARTIFACT_UNSUPPORTED");
  } else {
    const stored = registry.blob((await push()).layerDigest);
    assertEquals(untar(new Uint8Array(decompress(stored!))), CORE);
  }
});

Deno.test("the diff id of a packed layer is the digest of what is inside", async () => {
  await using registry = await startRegistry();
  for (
    const shape of ["crane-append", "docker-build", "estargz", "tar"] as const
  ) {
    const { layerDigest } = await pushWasm(registry, "a", shape, CORE, {
      shape,
    });
    const stored = registry.blob(layerDigest) ?? new Uint8Array();
    const inside = shape === "tar" ? stored : gunzip(stored);
    const document = registry.manifest("a", shape)?.document as ImageManifest;
    const config = new TextDecoder().decode(
      registry.blob(document.config.digest),
    );
    const hex = createHash("sha256").update(inside).digest("hex");
    assertEquals(JSON.parse(config).rootfs.diff_ids, [`sha256:${hex}`], shape);
  }
});

Deno.test("an index has the module's manifest beside one that is not meant", async () => {
  await using registry = await startRegistry();
  const entries = async (shape: WasmShape) => {
    const pushed = await pushWasm(registry, "a", shape, CORE, { shape });
    const index = registry.manifest("a", pushed.digest);
    assertEquals(index?.mediaType, OCI_INDEX);
    const { document } = index ?? {};
    return document?.kind === "index"
      ? document.manifests.map((entry) => [
        entry.digest === pushed.manifestDigest,
        `${entry.platform?.os}/${entry.platform?.architecture}`,
        entry.annotations?.["vnd.docker.reference.type"],
      ])
      : [];
  };
  assertEquals(await entries("docker-buildx-index"), [
    [true, "linux/amd64", undefined],
    [false, "unknown/unknown", "attestation-manifest"],
  ]);
  assertEquals(await entries("multi-platform-index"), [
    [false, "linux/amd64", undefined],
    [true, "wasi/wasm", undefined],
  ]);
});

Deno.test("a component is told from a core module where the shape tells", async () => {
  await using registry = await startRegistry();
  const { layerDigest, manifestDigest } = await pushWasm(
    registry,
    "a",
    "v1",
    COMPONENT,
    { shape: "cncf" },
  );
  const { document } = registry.manifest("a", manifestDigest) ?? {};
  const config = document?.kind === "manifest"
    ? JSON.parse(
      new TextDecoder().decode(registry.blob(document.config.digest)),
    )
    : {};
  assertEquals([config.os, config.architecture], ["wasip2", "wasm"]);
  assertEquals(config.layerDigests, [layerDigest]);
});

Deno.test("a tar can hold other files, and the module under another name", async () => {
  await using registry = await startRegistry();
  const { layerDigest } = await pushWasm(registry, "a", "v1", CORE, {
    shape: "tar",
    fileName: "plugin.wasm",
    otherFiles: { "README.md": new Uint8Array(3) },
  });
  const tar = registry.blob(layerDigest) ?? new Uint8Array();
  const name = (at: number) =>
    new TextDecoder().decode(tar.subarray(at, at + 100)).replace(/\0.*/, "");
  assertEquals([name(0), name(1024)], ["README.md", "plugin.wasm"]);
});
