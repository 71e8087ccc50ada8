/**
 * Lock files on Deno, where a process may not ask whether another lives: the
 * file is locked besides, which the system ends with the process.
 *
 * @module
 */

import { removeAbandoned, whileAlone } from "./abandoned_lock.ts";
import { ownerOf, ownWords } from "./lock_owner.ts";

/** Makes the lock file; gives what removes it, or `undefined` when another has it. */
export function takeLockFile(path: string): (() => void) | undefined {
  const created = create(path);
  if (created !== undefined) return created;
  if (ownerOf(path)?.isHeld) return takeOver(path);
  return removeAbandoned(path) ? create(path) : undefined;
}

const ACCESS = { read: true, write: true, mode: 0o600 } as const;

function create(path: string): (() => void) | undefined {
  try {
    const file = Deno.openSync(path, { ...ACCESS, createNew: true });
    // As long as it says nothing, nobody takes it for abandoned.
    return keep(file, () => hold(file, path));
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return undefined;
  }
}

/** One that nobody locks any more is written anew. */
function takeOver(path: string): (() => void) | undefined {
  try {
    const file = Deno.openSync(path, ACCESS);
    return keep(file, () =>
      // Node looks at the words in it, and removes it.
      whileAlone(path, () => {
        if (!isAt(path, file)) return undefined;
        file.truncateSync();
        return hold(file, path);
      }));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

/** Locks a file; closes it unless something comes of it. */
function keep<T>(file: Deno.FsFile, work: () => T): T | undefined {
  let result: T | undefined;
  try {
    if (file.tryLockSync(true)) result = work();
    return result;
  } finally {
    if (result === undefined) file.close();
  }
}

function hold(file: Deno.FsFile, path: string): () => void {
  try {
    file.writeSync(OWN_WORDS);
  } catch (error) {
    // The disk is full.
    remove(path);
    throw error;
  }
  return () => {
    try {
      remove(path);
    } finally {
      // Only now: what nobody locks is taken over.
      file.close();
    }
  };
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    // Whoever removed all of the directory has removed it, too.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const OWN_WORDS = new TextEncoder().encode(ownWords({ isHeld: true }));

/** Whether a file is still the one of that name. */
function isAt(path: string, file: Deno.FsFile): boolean {
  const [there, here] = [Deno.lstatSync(path), file.statSync()];
  return there.ino === here.ino && there.dev === here.dev;
}
