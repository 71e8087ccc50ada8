/**
 * The shapes in which WASM is published, as the tools that publish it make them.
 *
 * @module
 */

import {
  OCI_CONFIG,
  type Platform,
  WASM_CONFIG,
  WASM_LAYER,
} from "../oci/mod.ts";
import { fileImage, type FileLayer, type ImageKind } from "./file_image.ts";
import type { BlobSource, ImageSource } from "./image.ts";
import {
  estargzLayer,
  gzipBytes,
  type LayerFile,
  tarLayer,
  zstdBytes,
} from "./layers.ts";
import { digestOf } from "./store.ts";

/** The name of a shape, after the tool or the format that makes it. */
export type WasmShape =
  | "buildah"
  | "cncf"
  | "crane-append"
  | "docker-build"
  | "docker-buildx-index"
  | "estargz"
  | "forge-ci"
  | "forge-server"
  | "multi-platform-index"
  | "oras-untyped"
  | "runwasi"
  | "runwasi-w3c"
  | "solo"
  | "spin"
  | "tar"
  | "tar-zstd"
  | "wasm-to-oci"
  | "wasmcloud";

/** What is to be wrapped. */
export interface WasmSource {
  /** The module. */
  readonly bytes: Uint8Array;
  /** Name of the file. */
  readonly fileName: string;
  /** What lies beside it in a tar. */
  readonly otherFiles: readonly LayerFile[];
}

/** A module in its wrapping. */
export interface ShapedWasm {
  /** The image. */
  readonly image: ImageSource;
  /** Which of its layers has the module. */
  readonly layer: number;
  /** What an index around the image says of it; no index when absent. */
  readonly index?: {
    /** The platform of the image. */
    readonly platform: Platform;
    /** What else is in the index. */
    readonly beside: "attestation" | "other-platform";
  };
}

/** How each shape is made. */
export const SHAPES: Readonly<
  Record<WasmShape, (source: WasmSource) => ShapedWasm | Promise<ShapedWasm>>
> = {
  "buildah": (source) => packed(source, { format: "oci", pack: gzipTar }),
  "cncf": cncf,
  "crane-append": craneAppend,
  "docker-build": (source) =>
    packed(source, { format: "docker", pack: gzipTar }),
  "docker-buildx-index": async (source) => ({
    ...await packed(source, { format: "oci", pack: gzipTar }),
    index: { platform: LINUX, beside: "attestation" },
  }),
  "estargz": (source) => packed(source, { format: "oci", pack: estargz }),
  "forge-ci": forgeCi,
  "forge-server": (source) =>
    artifact(source, {
      config: { mediaType: OCI_CONFIG, content: {} },
      layer: "application/vnd.wasm.module.v1+wasm",
    }),
  "multi-platform-index": (source) => ({
    ...runwasi(source, "application/vnd.w3c.wasm.module.v1+wasm"),
    index: { platform: WASI, beside: "other-platform" },
  }),
  "oras-untyped": (source) =>
    artifact(source, {
      artifactType: "application/vnd.unknown.artifact.v1",
      layer: "application/vnd.oci.image.layer.v1.tar",
    }),
  "runwasi": (source) =>
    runwasi(
      source,
      "application/vnd.bytecodealliance.wasm.component.layer.v0+wasm",
    ),
  "runwasi-w3c": (source) =>
    runwasi(
      source,
      `application/vnd.w3c.wasm.${
        isComponent(source.bytes) ? "component" : "module"
      }.v1+wasm`,
    ),
  "solo": solo,
  "spin": spin,
  "tar": (source) => packed(source, { format: "oci", pack: plainTar }),
  "tar-zstd": (source) => packed(source, { format: "oci", pack: zstdTar }),
  "wasm-to-oci": (source) =>
    artifact(source, {
      config: {
        mediaType: "application/vnd.wasm.config.v1+json",
        content: {},
      },
      layer: "application/vnd.wasm.content.layer.v1+wasm",
    }),
  "wasmcloud": (source) =>
    artifact(source, {
      config: {
        mediaType: "application/vnd.wasmcloud.actor.archive.config",
        content: {},
      },
      layer: MODULE_LAYER,
    }),
};

const LINUX: Platform = { architecture: "amd64", os: "linux" };
const WASI: Platform = { architecture: "wasm", os: "wasi" };
const TITLE = "org.opencontainers.image.title";
const MODULE_LAYER = "application/vnd.module.wasm.content.layer.v1+wasm";

/** An artifact with the raw module as its one layer. */
function artifact(
  source: WasmSource,
  types: {
    readonly layer: string;
    readonly artifactType?: string;
    readonly config?: BlobSource;
  },
): ShapedWasm {
  const { layer, ...rest } = types;
  return { image: { ...rest, layers: [rawLayer(source, layer)] }, layer: 0 };
}

/** CNCF TAG Runtime, "WASM OCI Artifact layout". */
function cncf(source: WasmSource): ShapedWasm {
  const component = isComponent(source.bytes);
  return artifact(source, {
    config: {
      mediaType: WASM_CONFIG,
      content: {
        created: "1970-01-01T00:00:00Z",
        architecture: "wasm",
        os: component ? "wasip2" : "wasip1",
        layerDigests: [digestOf(source.bytes)],
        ...(component ? { component: { exports: [], imports: [] } } : {}),
      },
    },
    layer: WASM_LAYER,
  });
}

function forgeCi(source: WasmSource): ShapedWasm {
  return {
    image: {
      artifactType: MODULE_LAYER,
      layers: [
        { mediaType: OCI_CONFIG, content: {} },
        rawLayer(source, MODULE_LAYER),
      ],
    },
    layer: 1,
  };
}

function solo(source: WasmSource): ShapedWasm {
  return {
    image: {
      config: { mediaType: OCI_CONFIG, content: {} },
      layers: [
        {
          mediaType: "application/vnd.module.wasm.config.v1+json",
          content: { type: "envoy_proxy", name: source.fileName },
        },
        rawLayer(source, MODULE_LAYER),
      ],
    },
    layer: 1,
  };
}

/** An application of two modules and a data file: nothing says which one is meant. */
function spin(source: WasmSource): ShapedWasm {
  const type = "application/vnd.wasm.content.layer.v1+wasm";
  const second = new Uint8Array([...source.bytes, 0, 2, 1, 0x73]);
  return {
    image: {
      config: {
        mediaType: OCI_CONFIG,
        content: { architecture: "wasm", os: "wasip1", rootfs: {} },
      },
      layers: [
        { mediaType: type, content: source.bytes },
        { mediaType: type, content: second },
        {
          mediaType: "application/vnd.wasm.content.layer.v1+data",
          content: { greeting: "hello" },
        },
      ],
    },
    layer: 0,
  };
}

function runwasi(source: WasmSource, layer: string): ShapedWasm {
  const diffId = digestOf(source.bytes);
  return {
    image: {
      config: {
        mediaType: OCI_CONFIG,
        content: { ...WASI, rootfs: { type: "layers", diff_ids: [diffId] } },
      },
      layers: [rawLayer(source, layer)],
    },
    layer: 0,
  };
}

/** Gzip of the raw module under a type that promises a tar; no platform, no title. */
function craneAppend(source: WasmSource): ShapedWasm {
  const layer: FileLayer = {
    bytes: gzipBytes(source.bytes),
    diffId: digestOf(source.bytes),
    compression: "gzip",
  };
  const platform = { architecture: "", os: "" };
  return {
    image: fileImage(layer, { format: "docker", platform }),
    layer: 0,
  };
}

/** A file in a layer of files, as every builder of container images makes it. */
async function packed(
  source: WasmSource,
  how: {
    readonly format: ImageKind["format"];
    readonly pack: (files: readonly LayerFile[]) => Promise<FileLayer>;
  },
): Promise<ShapedWasm> {
  const file = { path: source.fileName, bytes: source.bytes };
  const layer = await how.pack([...source.otherFiles, file]);
  const { format } = how;
  return { image: fileImage(layer, { format, platform: LINUX }), layer: 0 };
}

async function plainTar(files: readonly LayerFile[]): Promise<FileLayer> {
  const bytes = await tarLayer(files);
  return { bytes, diffId: digestOf(bytes), compression: "none" };
}

async function gzipTar(files: readonly LayerFile[]): Promise<FileLayer> {
  const { bytes, diffId } = await plainTar(files);
  return { bytes: gzipBytes(bytes), diffId, compression: "gzip" };
}

async function zstdTar(files: readonly LayerFile[]): Promise<FileLayer> {
  const { bytes, diffId } = await plainTar(files);
  return { bytes: zstdBytes(bytes), diffId, compression: "zstd" };
}

async function estargz(files: readonly LayerFile[]): Promise<FileLayer> {
  const { bytes, diffId } = await estargzLayer(files);
  return { bytes, diffId, compression: "gzip" };
}

function rawLayer(source: WasmSource, mediaType: string): BlobSource {
  const { bytes: content, fileName } = source;
  return { mediaType, content, annotations: { [TITLE]: fileName } };
}

/** Bytes 4 to 8 of the preamble: a component has layer 1. */
function isComponent(bytes: Uint8Array): boolean {
  return bytes[4] === 0x0d && bytes[6] === 1;
}
