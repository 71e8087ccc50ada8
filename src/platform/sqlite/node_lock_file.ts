/**
 * Lock files on Node, which asks the system whether their processes live, and
 * whether it is still the same ones.
 *
 * @module
 */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import process from "node:process";
import { removeAbandoned } from "./abandoned_lock.ts";
import { beginningOf, codeOf, ownWords } from "./lock_owner.ts";

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
  const release = () => {
    try {
      rmSync(path, { force: true });
    } finally {
      // Only now: what a thread of this process has not open is abandoned.
      closeSync(file);
    }
  };
  try {
    writeSync(file, wordsOf(file));
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

function wordsOf(descriptor: number): string {
  began ??= beginningOf(process.pid) ?? "";
  return ownWords({
    isHeld: false,
    descriptor,
    began: began === "" ? undefined : began,
  });
}

/** When this process began; it reads a file to know. */
let began: string | undefined;
