/**
 * What processes that were killed left in the cache directory, and when it may
 * go.
 *
 * @module
 */

import { join } from "../path.ts";
import { digestHex, tryParseDigest } from "../oci/mod.ts";
import type { Clock, Files } from "../platform/types.ts";
import { isKept, MIN_RESUMABLE_BYTES } from "./partials.ts";
import type { Cache } from "./cache.ts";

/** A name that this store made: an entry's file, or a temporary of any kind. */
const OWN_NAME =
  /^(?:[0-9a-f]{64}\.(?:wasm|(?:metadata|signatures)\.json)|\.forge-[0-9a-z-]+\.(?:tmp|partial|lock|stale))$/;
/** The digest is a SHA-256 or a SHA-512. */
const TEMPORARY_NAME =
  /^\.forge-(?:((?:[0-9a-f]{64}){1,2})-)?[0-9a-z-]+\.([a-z]+)$/;
/** Far above what lies between two writes of a process, the sync of a large file included. */
const AT_WORK_MS = 10 * 60 * 1000;
/** For how long somebody may come back and go on with a download. */
const RESUMABLE_MS = 24 * 60 * 60 * 1000;

/** Whether a file is one of a cache. */
export function isOwnName(name: string): boolean {
  return OWN_NAME.test(name);
}

/**
 * Removes temporaries that processes left behind when they were killed: after
 * ten minutes, and what a download can go on from after a day.
 *
 * @returns How many files went.
 */
export async function removeLeftovers(
  directory: string,
  options: {
    readonly files: Files;
    readonly clock: Clock;
    /** Lists the entries: what is one needs no download that goes on. */
    readonly list: Cache["list"];
  },
): Promise<number> {
  const { files, clock } = options;
  let cached: ReadonlySet<string> | undefined;
  let removed = 0;
  for (const name of await files.list(directory) ?? []) {
    const [, digest, kind] = TEMPORARY_NAME.exec(name) ?? [];
    if (kind === undefined || !isOwnName(name)) continue;
    const path = join(directory, name);
    const stat = await files.stat(path);
    if (stat === undefined) continue;
    const ageMs = clock.now() - stat.modifiedMs;
    if (ageMs <= AT_WORK_MS && !isKept(name)) continue;
    const isResumable = kind === "partial" && digest !== undefined &&
      stat.size >= MIN_RESUMABLE_BYTES &&
      !(cached ??= await cachedBlobs(options.list)).has(digest);
    if (isResumable && ageMs <= RESUMABLE_MS) continue;
    await files.remove(path);
    removed++;
  }
  return removed;
}

/** The blobs that entries were made from, in hex. */
async function cachedBlobs(list: Cache["list"]): Promise<ReadonlySet<string>> {
  const digests = (await list()).map(({ metadata }) =>
    tryParseDigest(metadata.layerDigest ?? "")
  );
  return new Set(
    digests.filter((digest) => digest !== undefined).map(digestHex),
  );
}
