/**
 * A lock for the moment in which an entry is swapped.
 *
 * It is held for three file operations, about a millisecond. Whoever is killed
 * in that moment leaves the lock file behind; one that is ten seconds old is
 * taken away by the next.
 *
 * @module
 */

import { join } from "../path.ts";
import type { Clock, Files } from "../platform/types.ts";
import { errorCode } from "./file_failure.ts";

/** Four orders of magnitude above the time that a lock is held. */
const STALE_AFTER_MS = 10_000;
/** Between two looks at a lock that another process holds. */
const POLL_MS = 5;

/** Where the lock of an entry is. */
export function lockPath(directory: string, key: string): string {
  return join(directory, `.forge-${key}.lock`);
}

/** Runs `swap` while no other process swaps the same entry. */
export async function withEntryLock(
  path: string,
  outside: { readonly files: Files; readonly clock: Clock },
  swap: () => Promise<void>,
): Promise<void> {
  await acquire(path, outside);
  try {
    await swap();
  } finally {
    await outside.files.remove(path);
  }
}

async function acquire(
  path: string,
  { files, clock }: { readonly files: Files; readonly clock: Clock },
): Promise<void> {
  while (true) {
    try {
      await (await files.create(path)).close();
      return;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
    const stat = await files.stat(path);
    if (stat && clock.now() - stat.modifiedMs > STALE_AFTER_MS) {
      await takeAway(path, files, clock);
    } else {
      await clock.sleep(POLL_MS + clock.random() * POLL_MS);
    }
  }
}

/** Renames before removing: of several that find the lock stale, one wins. */
async function takeAway(
  path: string,
  files: Files,
  clock: Clock,
): Promise<void> {
  const chance = Math.floor(clock.random() * 2 ** 48).toString(36);
  const stale = path.replace(/\.lock$/, `-${chance}.stale`);
  try {
    await files.rename(path, stale);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  await files.remove(stale);
}
