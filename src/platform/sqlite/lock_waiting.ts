/**
 * How those that wait for a lock say so to the one who has it.
 *
 * @module
 */

import { closeSync, constants, openSync, statSync, writeSync } from "node:fs";

/** Where in a lock file those that wait put their sign: behind all words. */
const SIGN_AT = 256;
const SIGN = Uint8Array.of(0x77);

/** Tells whoever has a lock that another waits for it. */
export function signAsWaiting(path: string): void {
  try {
    // One that says nothing yet must not look younger than it is.
    const { size } = statSync(path);
    if (size === 0 || size > SIGN_AT) return;
    const file = openSync(
      path,
      constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0),
    );
    try {
      writeSync(file, SIGN, 0, SIGN.length, SIGN_AT);
    } finally {
      closeSync(file);
    }
  } catch {
    // It was given back meanwhile, or nobody may write it: it is asked for again.
  }
}

/** Whether another waits for a lock of this process. */
export function isWaitedFor(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.size > SIGN_AT;
}
