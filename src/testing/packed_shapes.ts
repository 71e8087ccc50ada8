/**
 * Shapes of container images: the module is a file in a layer of files, or
 * passes for one.
 *
 * @module
 */

import type { ImagePlatform } from "../oci/mod.ts";
import { fileImage, type FileLayer, type ImageKind } from "./file_image.ts";
import {
  estargzLayer,
  gzipBytes,
  type LayerFile,
  tarLayer,
  zstdBytes,
} from "./layers.ts";
import type { ShapedWasm, WasmSource } from "./shaped_wasm.ts";
import { digestOf } from "./store.ts";

/** The platform of images that only carry files. */
export const LINUX: ImagePlatform = { architecture: "amd64", os: "linux" };

/** Gzip of the raw module under a type that promises a tar; no platform, no title. */
export function craneAppend(source: WasmSource): ShapedWasm {
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
export async function packed(
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

/** A layer that is a tar. */
export async function plainTar(
  files: readonly LayerFile[],
): Promise<FileLayer> {
  const bytes = await tarLayer(files);
  return { bytes, diffId: digestOf(bytes), compression: "none" };
}

/** A layer that is a tar in gzip. */
export async function gzipTar(files: readonly LayerFile[]): Promise<FileLayer> {
  const { bytes, diffId } = await plainTar(files);
  return { bytes: gzipBytes(bytes), diffId, compression: "gzip" };
}

/** A layer that is a tar in zstd. */
export async function zstdTar(files: readonly LayerFile[]): Promise<FileLayer> {
  const { bytes, diffId } = await plainTar(files);
  return { bytes: zstdBytes(bytes), diffId, compression: "zstd" };
}

/** A layer that is an eStargz. */
export async function estargz(files: readonly LayerFile[]): Promise<FileLayer> {
  const { bytes, diffId } = await estargzLayer(files);
  return { bytes, diffId, compression: "gzip" };
}
