/**
 * Emptying a cache directory.
 *
 * @module
 */

import { join } from "../path.ts";
import type { Clock, Files } from "../platform/types.ts";
import { lockPath, withEntryLock } from "./entry_lock.ts";
import { errorCode } from "./file_failure.ts";
import { isOwnName } from "./leftovers.ts";

interface Outside {
  readonly files: Files;
  readonly clock: Clock;
}

/**
 * Removes entries and everything left over, and nothing that is not the
 * cache's own.
 *
 * What another process commits meanwhile is taken whole or left whole.
 *
 * @returns How many entries went.
 */
export async function clearDirectory(
  directory: string,
  outside: Outside,
): Promise<number> {
  const { files } = outside;
  const own = (await files.list(directory) ?? []).filter(isOwnName);
  // These first: on a disk that is full there is no room for a lock.
  for (const name of own.filter(isLoose)) {
    await files.remove(join(directory, name));
  }
  const keys = new Set(own.map(keyOf).filter((key) => key !== undefined));
  let removed = 0;
  for (const key of keys) {
    const isEntry = own.includes(`${key}.metadata.json`);
    if (isEntry) removed++;
    await removeEntry(directory, key, outside);
  }
  return removed;
}

async function removeEntry(
  directory: string,
  key: string,
  outside: Outside,
): Promise<void> {
  const { files } = outside;
  const remove = async () => {
    // Metadata first: what is left when this is cut short is no entry.
    await files.remove(join(directory, `${key}.metadata.json`));
    await files.remove(join(directory, `${key}.signatures.json`));
    await files.remove(join(directory, `${key}.wasm`));
  };
  try {
    await withEntryLock(lockPath(directory, key), outside, remove);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOSPC" && code !== "EDQUOT") throw error;
    // Not even room for a lock: room is what somebody is trying to make.
    await remove();
  }
}

/** Whether a file belongs to no entry. */
function isLoose(name: string): boolean {
  return keyOf(name) === undefined;
}

/** The entry that a file or a lock is of. */
function keyOf(name: string): string | undefined {
  return /^([0-9a-f]{64})\./.exec(name)?.[1] ??
    /^\.forge-([0-9a-f]{64})\.lock$/.exec(name)?.[1];
}
