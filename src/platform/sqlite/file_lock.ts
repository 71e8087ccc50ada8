/**
 * One file that only one connection of one process has: who creates the lock
 * file beside it has the lock. A lock of a process that is gone is taken away.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import { LINGER_MS, takeLockFile } from "./deno_lock_file.ts";

/** A lock that can be had again and again. */
export interface FileLock {
  /** The lock file. */
  readonly path: string;
  /** Takes the lock; false when another has it. */
  readonly take: () => boolean;
  /** It is not needed now; nothing happens when it was not taken. */
  readonly release: () => void;
  /** Gives it back at once. */
  readonly close: () => void;
}

/** What of this thread is kept without being needed, by lock file. */
const lingering = new Map<string, () => void>();

/**
 * Makes the lock of a file; takes nothing yet.
 *
 * @param isFree Asked when the lock file is there: nobody has the file otherwise.
 */
export function createFileLock(
  path: string,
  isFree: () => boolean = () => true,
): FileLock {
  const lockPath = `${path}.lock`;
  let giveBack: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function close(): void {
    clearTimeout(timer);
    timer = undefined;
    if (lingering.get(lockPath) === close) lingering.delete(lockPath);
    giveBack?.();
    giveBack = undefined;
  }

  return {
    path: lockPath,
    take() {
      if (giveBack === undefined) lingering.get(lockPath)?.();
      lingering.delete(lockPath);
      if (giveBack !== undefined) return true;
      giveBack = takeLockFile(lockPath);
      if (giveBack !== undefined && !isFree()) close();
      return giveBack !== undefined;
    },
    release() {
      if (giveBack === undefined) return;
      if (LINGER_MS === 0) return close();
      lingering.set(lockPath, close);
      timer ??= setTimeout(() => {
        timer = undefined;
        // It may be needed again by now.
        if (lingering.get(lockPath) === close) close();
      }, LINGER_MS).unref();
    },
    close,
  };
}
