/**
 * Shapes whose layer is the raw module: artifacts that know they are WASM.
 *
 * @module
 */

import {
  type ImagePlatform,
  OCI_CONFIG,
  WASM_CONFIG,
  WASM_LAYER,
} from "../oci/mod.ts";
import type { BlobContent } from "./image.ts";
import type { ShapedWasm, WasmSource } from "./shaped_wasm.ts";
import { digestOf } from "./store.ts";

/** The platform of WASI, as runwasi names it. */
export const WASI: ImagePlatform = { architecture: "wasm", os: "wasi" };
/** The layer of solo.io, old wasmCloud and the original Forge. */
export const MODULE_LAYER = "application/vnd.module.wasm.content.layer.v1+wasm";
const TITLE = "org.opencontainers.image.title";

/** An artifact with the raw module as its one layer. */
export function artifact(
  source: WasmSource,
  types: {
    readonly layer: string;
    readonly artifactType?: string;
    readonly config?: BlobContent;
  },
): ShapedWasm {
  const { layer, ...rest } = types;
  return { image: { ...rest, layers: [rawLayer(source, layer)] }, layer: 0 };
}

/** CNCF TAG Runtime, "WASM OCI Artifact layout". */
export function cncf(source: WasmSource): ShapedWasm {
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

/** What the original Forge project's CI pushes. */
export function forgeCi(source: WasmSource): ShapedWasm {
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

/** solo.io and Istio. */
export function solo(source: WasmSource): ShapedWasm {
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
export function spin(source: WasmSource): ShapedWasm {
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

/** runwasi, with one of its layer types. */
export function runwasi(source: WasmSource, layer: string): ShapedWasm {
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

function rawLayer(source: WasmSource, mediaType: string): BlobContent {
  const { bytes: content, fileName } = source;
  return { mediaType, content, annotations: { [TITLE]: fileName } };
}

/** Bytes 4 to 8 of the preamble: a component has layer 1. */
export function isComponent(bytes: Uint8Array): boolean {
  return bytes[4] === 0x0d && bytes[6] === 1;
}
