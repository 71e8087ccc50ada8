/**
 * Lock files on Node, which asks the system whether their processes live.
 *
 * @module
 */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { codeOf, ownWords, removeAbandoned } from "./lock_owner.ts";

/**
 * Milliseconds for which a lock that is not needed is kept: none, since the
 * number of a process that ended meanwhile may be that of another by then.
 */
export const LINGER_MS: number = 0;

/** Makes the lock file; gives what removes it, or `undefined` when another has it. */
export function takeLockFile(path: string): (() => void) | undefined {
  return create(path) ?? (removeAbandoned(path) ? create(path) : undefined);
}

function create(path: string): (() => void) | undefined {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return undefined;
    throw error;
  }
  try {
    writeSync(file, ownWords({ isHeld: false }));
  } finally {
    closeSync(file);
  }
  return () => rmSync(path, { force: true });
}
