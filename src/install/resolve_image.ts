/**
 * From a reference to the manifest of an image.
 *
 * @module
 */

import { chooseManifest, MAX_INDEX_DEPTH } from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
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
export async function resolveImage(
  reference: string,
  { repository, signal }: {
    readonly repository: Pick<ImageSource, "fetchManifest">;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ResolvedImage> {
  const first = await repository.fetchManifest(reference, { signal });
  const followed = [first];
  let { manifest, descriptor } = first;
  for (let depth = 0; manifest.kind === "index"; depth++) {
    if (depth === MAX_INDEX_DEPTH) {
      throw new ForgeError(
        "MANIFEST_INVALID",
        `Cannot follow indexes more than ${MAX_INDEX_DEPTH} deep`,
        { hint: "Reference the image itself by its digest" },
      );
    }
    const chosen = chooseManifest(manifest);
    const next = await repository.fetchManifest(chosen.digest, { signal });
    followed.push(next);
    ({ manifest, descriptor } = next);
  }
  return {
    digest: first.descriptor.digest,
    manifestDigest: descriptor.digest,
    manifest,
    manifests: followed.map(({ bytes }) => bytes),
    digests: followed.map(({ descriptor }) => descriptor.digest),
  };
}
