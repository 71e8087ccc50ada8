/**
 * Media types of manifests, configs and layers that carry WASM.
 *
 * @module
 */

/** OCI image manifest (image-spec, manifest.md). */
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** OCI image index (image-spec, image-index.md). */
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
/** OCI image config (image-spec, config.md). */
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
/** The empty descriptor's type (image-spec, manifest.md, "Guidance for an Empty Descriptor"). */
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";
/** Docker image manifest, version 2 schema 2. */
export const DOCKER_MANIFEST =
  "application/vnd.docker.distribution.manifest.v2+json";
/** Docker manifest list. */
export const DOCKER_MANIFEST_LIST =
  "application/vnd.docker.distribution.manifest.list.v2+json";
/** Config of a CNCF Wasm artifact. */
export const WASM_CONFIG = "application/vnd.wasm.config.v0+json";
/** Layer of a CNCF Wasm artifact. */
export const WASM_LAYER = "application/wasm";

/** What a client accepts when it asks for a manifest, best first. */
export const MANIFEST_MEDIA_TYPES: readonly string[] = [
  OCI_MANIFEST,
  OCI_INDEX,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
];

/**
 * Whether a media type is that of an index (or Docker's manifest list).
 *
 * @example
 * ```ts
 * import { isIndexMediaType, OCI_INDEX } from "@forgepoint/forge/oci";
 *
 * isIndexMediaType(OCI_INDEX); // true
 * ```
 */
export function isIndexMediaType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

/**
 * Whether a media type is that of an image manifest.
 *
 * @example
 * ```ts
 * import { isManifestMediaType } from "@forgepoint/forge/oci";
 *
 * isManifestMediaType("text/plain"); // false
 * ```
 */
export function isManifestMediaType(mediaType: string): boolean {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST;
}

/** A media type without its parameters, in lower case (RFC 9110, section 8.3.1). */
export function essence(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}
