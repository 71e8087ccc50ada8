/**
 * How a cache directory is: what is sound in it, and what is not.
 *
 * @module
 */

import { join } from "../path.ts";
import type { Files } from "../platform/types.ts";
import { isOwnName } from "./leftovers.ts";
import type { Cache, CacheEntry } from "./cache.ts";

/** What is in a cache directory. */
export interface CacheSurvey {
  /** The entries, sound or not. */
  readonly entries: readonly CacheEntry[];
  /** Bytes of their modules. */
  readonly sizeBytes: number;
  /** Entries whose module is not what was stored, and why. */
  readonly damaged: readonly {
    /** The entry. */
    readonly entry: CacheEntry;
    /** What is wrong with it. */
    readonly reason: string;
  }[];
  /** Names without an entry: a module or metadata alone, or metadata that says nothing. */
  readonly incomplete: readonly string[];
  /** What transfers have not finished, or left behind. */
  readonly unfinished: { readonly count: number; readonly sizeBytes: number };
}

/**
 * Looks at everything in a cache; hashes every module, changes nothing.
 *
 * @throws {ForgeError} `CACHE_UNREADABLE`.
 * @throws `signal.reason` when aborted.
 */
export async function surveyCache(
  cache: Cache,
  { files, signal }: {
    readonly files: Files;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<CacheSurvey> {
  const entries = await cache.list();
  const damaged: { entry: CacheEntry; reason: string }[] = [];
  for (const entry of entries) {
    signal?.throwIfAborted();
    const found = await cache.get(entry.key, { verify: true });
    if (found.kind === "damaged") damaged.push({ entry, reason: found.reason });
  }
  const names = (await files.list(cache.directory) ?? []).filter(isOwnName);
  const keys = new Set(entries.map(({ key }) => key));
  const incomplete = new Set(
    names.filter((name) => !name.startsWith(".")).map((name) =>
      name.slice(0, 64)
    ).filter((key) => !keys.has(key)),
  );
  let [count, sizeBytes] = [0, 0];
  for (const name of names.filter((name) => name.startsWith("."))) {
    const stat = await files.stat(join(cache.directory, name));
    if (stat === undefined) continue;
    count++;
    sizeBytes += stat.size;
  }
  return {
    entries,
    sizeBytes: entries.reduce((sum, each) => sum + each.metadata.sizeBytes, 0),
    damaged,
    incomplete: [...incomplete].sort(),
    unfinished: { count, sizeBytes },
  };
}
