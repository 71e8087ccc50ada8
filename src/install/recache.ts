/**
 * A cache entry under another reference, without the network.
 *
 * @module
 */

import type { Cache, CacheEntry } from "../cache/mod.ts";
import { parseDigest } from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import { CheckedSink } from "./checked_sink.ts";
import type { PlannedOci } from "./plan.ts";

/** Options of {@linkcode recache}. */
export interface RecacheOptions {
  /** The cache. */
  readonly cache: Cache;
  /** The disk. */
  readonly files: Files;
  /** Stops the copy; then there is no new entry. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies an entry to where another reference looks for it, checked on the
 * way, its signatures with it.
 *
 * @param entry What to copy.
 * @param target Which reference it is to be found by.
 * @throws {ForgeError} `CACHE_UNWRITABLE`; `DIGEST_MISMATCH` when the entry is
 * damaged. Then the old entry of the target, if any, is still there.
 */
export async function recache(
  entry: CacheEntry,
  target: Pick<PlannedOci, "registry" | "image" | "reference" | "cacheKey">,
  { cache, files, signal }: RecacheOptions,
): Promise<CacheEntry> {
  const { MAX_RECORD_BYTES: maxBytes } = await import("../trust/mod.ts");
  const { sha256, sizeBytes } = entry.metadata;
  const signatures = await cache.signatures(entry.key, { maxBytes });
  const staged = await cache.stage();
  try {
    const digest = parseDigest(`sha256:${sha256}`);
    const sink = new CheckedSink(staged, { digest, size: sizeBytes });
    for await (const chunk of files.readChunks(entry.path)) {
      signal?.throwIfAborted();
      await sink.write(chunk);
    }
    sink.finish();
    const { registry, image, reference } = target;
    return await cache.commit(target.cacheKey, staged, {
      ...entry.metadata,
      registry,
      image,
      reference,
    }, { signatures: signatures && new TextDecoder().decode(signatures) });
  } finally {
    await staged.discard();
  }
}
