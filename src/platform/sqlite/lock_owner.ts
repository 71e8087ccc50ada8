/**
 * Whose a lock file is, and what is done about one of a process that is gone.
 *
 * @module
 */

import { linkSync, readFileSync, renameSync, unlinkSync } from "node:fs";
import process from "node:process";

/** What a lock file says. */
export interface LockOwner {
  /** The process that has it. */
  readonly pid: number;
  /** The system knows whether it is alive: the file is locked as long as it is. */
  readonly isHeld: boolean;
}

const HELD = "held";

/** The words in the lock file of this process. */
export function ownWords({ isHeld }: Pick<LockOwner, "isHeld">): string {
  return isHeld ? `${process.pid} ${HELD}\n` : `${process.pid}\n`;
}

/** Who has a lock; `undefined` while it is not known. */
export function ownerOf(path: string): LockOwner | undefined {
  try {
    const words = readFileSync(path, "utf8").trim().split(" ");
    const pid = Number.parseInt(words[0] ?? "");
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, isHeld: words[1] === HELD };
  } catch {
    // It is gone, or it is of those that Windows lets nobody read.
    return undefined;
  }
}

/**
 * Moves the lock of a process that is gone out of the way. Another may do the
 * same at this moment, so what was moved is looked at again: a fresh lock is
 * put back.
 */
export function removeAbandoned(path: string): boolean {
  const owner = ownerOf(path);
  if (owner === undefined || isAlive(owner.pid)) return false;
  const moved = `${path}.${crypto.randomUUID()}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
  try {
    if (ownerOf(moved)?.pid === owner.pid) return true;
    linkSync(moved, path);
    return false;
  } finally {
    unlinkSync(moved);
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

/** The code of an error of the system. */
export function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
