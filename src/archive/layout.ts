/**
 * The files of an OCI image layout, and the names of images in it.
 *
 * @module
 */

import { type Digest, digestAlgorithm, digestHex } from "../oci/mod.ts";

/** The file that says that this is a layout (image-spec, image-layout.md). */
export const LAYOUT_FILE = "oci-layout";
/** The only version of the layout that there is. */
export const LAYOUT_VERSION = "1.0.0";
/** The file that lists the images. */
export const INDEX_FILE = "index.json";
/** Key of the name of an image (image-spec, annotations.md). */
export const REF_NAME = "org.opencontainers.image.ref.name";
/** Keys of the name as `forge.ron` has it, word for word: cache entries are found by it. */
export const OWN_NAME = {
  registry: "forgepoint.extension.registry",
  image: "forgepoint.extension.image",
  reference: "forgepoint.extension.reference",
} as const;

/** Where a blob is. */
export function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}
