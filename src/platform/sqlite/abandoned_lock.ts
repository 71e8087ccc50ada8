/**
 * Lock files that nobody will remove any more. Several processes may find one
 * at the same moment: a second file decides who of them looks again and acts.
 *
 * @module
 */

import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { codeOf, isAlive, ownerOf } from "./lock_owner.ts";

/**
 * Milliseconds after which a file that says nothing is taken for one that its
 * process could not finish: that takes it microseconds.
 */
const UNFINISHED_MS = 2_000;

/** Removes the lock of a process that is gone; false where there is none. */
export function removeAbandoned(path: string): boolean {
  if (!isAbandoned(path)) return false;
  return whileAlone(path, () => {
    if (!isAbandoned(path)) return false;
    rmSync(path, { force: true });
    return true;
  }) ?? false;
}

function isAbandoned(path: string): boolean {
  const owner = ownerOf(path);
  return owner === undefined ? isUnfinished(path) : !isAlive(owner, path);
}

function isUnfinished(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && isOld(found.mtimeMs);
}

function isOld(since: number): boolean {
  return Date.now() - since > UNFINISHED_MS;
}

/** Does something while no other process does; `undefined` when one does. */
export function whileAlone<T>(path: string, work: () => T): T | undefined {
  const guard = `${path}.gone`;
  try {
    closeSync(openSync(guard, "wx", 0o600));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    // It was killed within these few lines.
    const found = statSync(guard, { throwIfNoEntry: false });
    if (found !== undefined && isOld(found.mtimeMs)) {
      rmSync(guard, { force: true });
    }
    return undefined;
  }
  try {
    return work();
  } finally {
    rmSync(guard, { force: true });
  }
}
