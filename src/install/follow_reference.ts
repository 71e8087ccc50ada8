/**
 * From a reference through indexes to a manifest.
 *
 * @module
 */

import { chooseManifest, MAX_INDEX_DEPTH } from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import type { ImageSource } from "../registry/mod.ts";
import type { ResolvedImage } from "./resolve_image.ts";

/** Follows indexes down to the manifest. */
export async function followReference(
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
