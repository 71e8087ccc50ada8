/**
 * Lock files on Deno, where a process may not ask whether another lives: the
 * file is locked besides, which the system ends with the process.
 *
 * @module
 */

import { ownerOf, ownWords, removeAbandoned } from "./lock_owner.ts";

/**
 * Milliseconds for which a lock that is not needed is kept for the next
 * transaction: making the file takes longer than most of them.
 */
export const LINGER_MS: number = 20;

/** Makes the lock file; gives what removes it, or `undefined` when another has it. */
export function takeLockFile(path: string): (() => void) | undefined {
  const created = create(path);
  if (created !== undefined) return created;
  if (ownerOf(path)?.isHeld) return takeOver(path);
  return removeAbandoned(path) ? create(path) : undefined;
}

function create(path: string): (() => void) | undefined {
  try {
    const file = Deno.openSync(path, { ...ACCESS, createNew: true });
    // As long as it says nothing, nobody takes it for abandoned.
    if (file.tryLockSync(true)) return hold(file, path);
    file.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  return undefined;
}

/** One that nobody locks any more is written anew. */
function takeOver(path: string): (() => void) | undefined {
  try {
    const file = Deno.openSync(path, ACCESS);
    // Others that find it do the same, or move it away.
    if (file.tryLockSync(true) && isAt(path, file)) {
      file.truncateSync();
      const release = hold(file, path);
      if (isAt(path, file)) return release;
    }
    file.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return undefined;
}

const ACCESS = { read: true, write: true, mode: 0o600 } as const;

function hold(file: Deno.FsFile, path: string): () => void {
  file.writeSync(OWN_WORDS);
  return () => {
    try {
      Deno.removeSync(path);
    } catch (error) {
      // Whoever removed all of the directory has removed it, too.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    } finally {
      // Only now: what nobody locks is taken over.
      file.close();
    }
  };
}

const OWN_WORDS = new TextEncoder().encode(ownWords({ isHeld: true }));

/** Whether a file is still the one of that name. */
function isAt(path: string, file: Deno.FsFile): boolean {
  const [there, here] = [Deno.lstatSync(path), file.statSync()];
  return there.ino === here.ino && there.dev === here.dev;
}
