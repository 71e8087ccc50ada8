/**
 * One copy, manifest by manifest.
 *
 * @module
 */

import { MAX_INDEX_DEPTH } from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestAlgorithm,
  digestHex,
  isIndexMediaType,
  isManifestMediaType,
  verifyStream,
} from "../oci/mod.ts";
import type {
  FetchedManifest,
  ImageSource,
  ImageTarget,
  SignalOptions,
} from "../registry/mod.ts";
import type {
  CopyImageOptions,
  CopyOutcome,
  CopySource,
} from "./copy_image.ts";

/** Manifests of one image with everything that belongs to it; more are no image but a trap. */
const MAX_MANIFESTS = 1000;

/** Suffixes of the tags under which older tools keep what belongs to an image (cosign, "Specifications"). */
const COMPANION_TAGS = ["sig", "att", "sbom"];

/** Copies an image, then gives the copy its tags. */
export async function copy(
  source: CopySource,
  target: ImageTarget,
  options: CopyImageOptions,
): Promise<CopyOutcome> {
  const copy = new Copy(source.repository, target, options);
  const root = await source.repository.fetchManifest(source.reference, options);
  await copy.manifest(root, 0);
  const { bytes, descriptor } = root;
  for (const tag of options.tags) {
    await target.pushManifest(tag, bytes, { signal: options.signal });
  }
  return { descriptor, ...copy.counts };
}

/** One copy under way. */
class Copy {
  readonly #from: ImageSource;
  readonly #to: ImageTarget;
  readonly #options: CopyImageOptions;
  readonly #seen = new Set<Digest>();
  readonly counts = { manifests: 0, uploadedBlobs: 0, presentBlobs: 0 };

  constructor(from: ImageSource, to: ImageTarget, options: CopyImageOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  /** Copies a manifest after everything that it names. */
  async manifest(fetched: FetchedManifest, depth: number): Promise<void> {
    const { descriptor, manifest, bytes } = fetched;
    if (this.#seen.has(descriptor.digest)) return;
    this.#seen.add(descriptor.digest);
    if (depth > MAX_INDEX_DEPTH || this.#seen.size > MAX_MANIFESTS) {
      throw endless(descriptor);
    }
    if (manifest.kind === "index") {
      for (const child of manifest.manifests) {
        await this.#child(child, depth + 1);
      }
    } else {
      await this.#blob(manifest.config);
      for (const layer of manifest.layers) await this.#blob(layer);
    }
    const { signal, onEvent, includeReferrers } = this.#options;
    await this.#to.pushManifest(descriptor.digest, bytes, { signal });
    this.counts.manifests++;
    onEvent?.({ type: "manifest", descriptor });
    if (includeReferrers === true) await this.#referrers(descriptor, depth);
  }

  async #child(descriptor: Descriptor, depth: number): Promise<void> {
    const { mediaType, digest } = descriptor;
    // An index may name blobs as well (image-spec, image-index.md).
    if (!isManifestMediaType(mediaType) && !isIndexMediaType(mediaType)) {
      return await this.#blob(descriptor);
    }
    if (this.#seen.has(digest)) return;
    const { signal } = this.#options;
    await this.manifest(
      await this.#from.fetchManifest(digest, { signal }),
      depth,
    );
  }

  async #blob(descriptor: Descriptor): Promise<void> {
    if (this.#seen.has(descriptor.digest)) return;
    this.#seen.add(descriptor.digest);
    const { signal, mountFrom, onEvent } = this.#options;
    const { digest, size: totalBytes } = descriptor;
    const outcome = await this.#to.pushBlob(
      descriptor,
      (offset) => this.#read(descriptor, offset),
      {
        signal,
        mountFrom,
        onProgress: (sentBytes) =>
          onEvent?.({ type: "progress", digest, sentBytes, totalBytes }),
      },
    );
    this.counts[outcome === "uploaded" ? "uploadedBlobs" : "presentBlobs"]++;
    onEvent?.({ type: "blob", descriptor, outcome });
  }

  /** Reads a blob from its start, whatever is wanted of it: only so can it be verified. */
  async *#read(
    descriptor: Descriptor,
    offset: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const chunks = readToTheEnd(this.#from, descriptor, this.#options);
    let skip = offset;
    for await (const chunk of holdBack(verifyStream(chunks, descriptor))) {
      const wanted = chunk.subarray(Math.min(skip, chunk.byteLength));
      skip -= chunk.byteLength - wanted.byteLength;
      if (wanted.byteLength > 0) yield wanted;
    }
  }

  async #referrers({ digest }: Descriptor, depth: number): Promise<void> {
    const { signal } = this.#options;
    for (const referrer of await this.#from.referrers(digest, { signal })) {
      await this.#child(referrer, depth + 1);
    }
    for (const suffix of COMPANION_TAGS) {
      await this.#companion(
        `${digestAlgorithm(digest)}-${digestHex(digest)}.${suffix}`,
        depth + 1,
      );
    }
  }

  async #companion(tag: string, depth: number): Promise<void> {
    const { signal } = this.#options;
    const fetched = await this.#from.fetchManifest(tag, { signal })
      .catch((error: unknown) => {
        const isAbsent = error instanceof ForgeError &&
          error.code === "REGISTRY_NOT_FOUND";
        if (isAbsent) return undefined;
        throw error;
      });
    if (fetched === undefined) return;
    await this.manifest(fetched, depth);
    await this.#to.pushManifest(tag, fetched.bytes, { signal });
  }
}

/** Interruptions in a row, without a byte between them, that end a copy. */
const MAX_FAILURES = 3;

/** Reads a blob, and goes on where it broke off as long as that helps. */
async function* readToTheEnd(
  repository: ImageSource,
  descriptor: Descriptor,
  { signal }: SignalOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let received = 0;
  let failures = 0;
  while (received < descriptor.size) {
    const before = received;
    const blob = await repository.fetchBlob(descriptor, {
      signal,
      offset: received,
    });
    let skip = received - blob.offset;
    try {
      for await (const chunk of blob.chunks) {
        const fresh = chunk.subarray(Math.min(skip, chunk.byteLength));
        skip -= chunk.byteLength - fresh.byteLength;
        received += fresh.byteLength;
        if (fresh.byteLength > 0) yield fresh;
      }
    } catch (error) {
      signal?.throwIfAborted();
      failures = received === before ? failures + 1 : 0;
      if (failures >= MAX_FAILURES) throw error;
      continue;
    }
    // Nothing new: the registry has no more of it.
    if (received === before) return;
  }
}

/** Gives the last chunk only when the source has ended well: an upload without it is never complete. */
async function* holdBack<Chunk>(
  chunks: AsyncIterable<Chunk>,
): AsyncGenerator<Chunk, void, undefined> {
  let held: Chunk | undefined;
  for await (const chunk of chunks) {
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (held !== undefined) yield held;
}

function endless({ digest }: Descriptor): ForgeError {
  return new ForgeError(
    "MANIFEST_INVALID",
    `Cannot copy ${digest}: the image has more than ${MAX_MANIFESTS} manifests, or more than ${MAX_INDEX_DEPTH} within each other`,
    { hint: "Copy the manifest of one platform by its digest" },
  );
}
