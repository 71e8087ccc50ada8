/**
 * One file that only one connection of one process has: who creates the lock
 * file beside it has the lock. A lock of a process that is gone is taken away.
 *
 * @module
 */

import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import process from "node:process";

/** A lock that can be had again and again. */
export interface FileLock {
  /** Takes the lock; false when another has it. */
  readonly take: () => boolean;
  /** Gives it back; nothing happens when it was not taken. */
  readonly release: () => void;
}

/** Makes the lock of a file; takes nothing yet. */
export function createFileLock(path: string): FileLock {
  const lockPath = `${path}.lock`;
  let isTaken = false;
  return {
    take() {
      isTaken ||= create(lockPath) ||
        (removeAbandoned(lockPath) && create(lockPath));
      return isTaken;
    },
    release() {
      if (!isTaken) return;
      isTaken = false;
      unlinkSync(lockPath);
    },
  };
}

function create(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, `${process.pid}\n`);
    return true;
  } finally {
    closeSync(file);
  }
}

/**
 * Moves the lock of a process that is gone out of the way. Another may do the
 * same at this moment, so what was moved is looked at again: a fresh lock is
 * put back.
 */
function removeAbandoned(path: string): boolean {
  const owner = ownerOf(path);
  if (owner === undefined || isAlive(owner)) return false;
  const moved = `${path}.${crypto.randomUUID()}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
  try {
    if (ownerOf(moved) === owner) return true;
    linkSync(moved, path);
    return false;
  } finally {
    unlinkSync(moved);
  }
}

/** The process that has the lock; `undefined` while it is not known. */
function ownerOf(path: string): number | undefined {
  try {
    const owner = Number.parseInt(readFileSync(path, "utf8"));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whoever cannot be asked about is taken for alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
