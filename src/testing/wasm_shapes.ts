/**
 * The shapes in which WASM is published, as the tools that publish it make them.
 *
 * @module
 */

import { OCI_CONFIG } from "../oci/mod.ts";
import {
  artifact,
  cncf,
  forgeCi,
  isComponent,
  MODULE_LAYER,
  runwasi,
  solo,
  spin,
  WASI,
} from "./artifact_shapes.ts";
import {
  craneAppend,
  estargz,
  gzipTar,
  LINUX,
  packed,
  plainTar,
  zstdTar,
} from "./packed_shapes.ts";
import type { ShapedWasm, WasmSource } from "./shaped_wasm.ts";

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
