/**
 * Container images of one layer of files, as image builders make them.
 *
 * @module
 */

import { type Digest, type ImagePlatform, OCI_CONFIG } from "../oci/mod.ts";
import type { ImageContent } from "./image.ts";

/** A layer, and what the config says of it. */
export interface FileLayer {
  /** The layer as it is stored. */
  readonly bytes: Uint8Array;
  /** The digest of what is inside the compression (image-spec, config.md, "Layer DiffID"). */
  readonly diffId: Digest;
  /** The compression. */
  readonly compression: "none" | "gzip" | "zstd";
}

/** Whose media types are used, and for which platform. */
export interface ImageKind {
  /** Whose media types. */
  readonly format: "oci" | "docker";
  /** The platform of the config. */
  readonly platform: ImagePlatform;
}

const LAYER_TYPES: Readonly<
  Record<
    ImageKind["format"],
    Readonly<Record<FileLayer["compression"], string>>
  >
> = {
  oci: {
    none: "application/vnd.oci.image.layer.v1.tar",
    gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
    zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  },
  docker: {
    none: "application/vnd.docker.image.rootfs.diff.tar",
    gzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    zstd: "application/vnd.docker.image.rootfs.diff.tar.zstd",
  },
};

/** Describes a container image with one layer of files. */
export function fileImage(layer: FileLayer, kind: ImageKind): ImageContent {
  const { format, platform: { architecture, os } } = kind;
  return {
    format,
    config: {
      mediaType: format === "oci"
        ? OCI_CONFIG
        : "application/vnd.docker.container.image.v1+json",
      content: {
        architecture,
        os,
        config: {},
        rootfs: { type: "layers", diff_ids: [layer.diffId] },
        history: [{ created: "1970-01-01T00:00:00Z" }],
      },
    },
    layers: [{
      mediaType: LAYER_TYPES[format][layer.compression],
      content: layer.bytes,
    }],
  };
}
