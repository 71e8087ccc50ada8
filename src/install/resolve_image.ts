/**
 * From a reference to the manifest of an image.
 *
 * @module
 */

import type { Digest, ImageManifest } from "../oci/mod.ts";
import type { ImageSource } from "../registry/mod.ts";

/** An image that a reference names. */
export interface ResolvedImage {
  /** Of the manifest or index that the reference names: what `forge digest` prints. */
  readonly digest: Digest;
  /** Of the manifest itself; the same where there is no index. */
  readonly manifestDigest: Digest;
  /** The manifest with the layers. */
  readonly manifest: ImageManifest;
  /** From what the reference names down to the manifest, as they were served. */
  readonly manifests: readonly Uint8Array<ArrayBuffer>[];
  /** The digests of these. */
  readonly digests: readonly Digest[];
}

/**
 * Fetches the manifest of an image, through the indexes in front of it.
 *
 * @param reference A tag or digest.
 * @throws {ForgeError} `MANIFEST_INVALID` for indexes without an end, what
 * `chooseManifest` throws, and what the registry's failure is.
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   openProject,
 *   platform,
 *   resolveImage,
 * } from "@forgepoint/forge";
 *
 * const { config, location } = await openProject({ platform });
 * const client = await createProjectClient(config, {
 *   platform,
 *   root: location.root,
 *   offline: false,
 * });
 * const repository = client.repository("ghcr.io", "acme/extensions/notes");
 * (await resolveImage("v1.0.0", { repository })).manifestDigest;
 * ```
 */
export async function resolveImage(reference: string, options: {
  readonly repository: Pick<ImageSource, "fetchManifest">;
  readonly signal?: AbortSignal | undefined;
}): Promise<ResolvedImage> {
  const { followReference } = await import("./follow_reference.ts");
  return await followReference(reference, options);
}
