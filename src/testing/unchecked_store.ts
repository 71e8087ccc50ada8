/**
 * Putting manifests into the store without the checks of a push.
 *
 * @module
 */

import { type Digest, OCI_MANIFEST, tryParseDigest } from "../oci/mod.ts";
import { digestOf, type RegistryStore, tryParseDocument } from "./store.ts";

/**
 * Keeps a manifest, whatever it is; what it names and is there becomes
 * pullable from the repository.
 *
 * @param store Where to.
 * @param place Repository, and a tag, a digest or nothing.
 * @param manifest Its bytes, and its media type where that is not the document's.
 * @returns The digest under which it is kept.
 */
export function storeManifest(
  store: RegistryStore,
  place: { readonly repository: string; readonly reference: string },
  manifest: {
    readonly bytes: Uint8Array;
    readonly mediaType: string | undefined;
  },
): Digest {
  const { repository, reference } = place;
  const { bytes, mediaType } = manifest;
  const document = tryParseDocument(bytes, mediaType ?? "");
  const named = tryParseDigest(reference);
  const digest = named ?? digestOf(bytes);
  store.addManifest(repository, {
    digest,
    mediaType: mediaType ?? document?.mediaType ?? OCI_MANIFEST,
    bytes,
    document,
  });
  if (document?.kind === "manifest") {
    for (const { digest } of [document.config, ...document.layers]) {
      store.linkBlob(repository, digest);
    }
  }
  if (named === undefined && reference !== "") {
    store.openRepository(repository).tags.set(reference, digest);
  }
  return digest;
}
