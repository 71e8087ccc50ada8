/**
 * One file that only one connection of one process has: who creates the lock
 * file beside it has the lock. A lock of a process that is gone is taken away.
 *
 * A lock that is not needed any more is kept for a moment, since making the
 * file takes longer than most transactions. It is given back only when nothing
 * of the connection is at work: by a timer, by another connection of this
 * thread, or between two statements, never within one.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import { takeLockFile } from "./deno_lock_file.ts";
import { isWaitedFor, signAsWaiting } from "./lock_waiting.ts";

/** Milliseconds without need for a lock after which it is given back. */
const LINGER_MS = 20;
/** Milliseconds after which it is given back at the next chance, needed again or not. */
const MAX_HELD_MS = 1_000;
/** Milliseconds that are left to those that wait before it is taken again; they look more often. */
const POLITE_MS = 5;

/** A lock that can be had again and again. */
export interface FileLock {
  /** The lock file. */
  readonly path: string;
  /** Takes the lock; false when another has it. */
  readonly take: () => boolean;
  /** It is not needed now; nothing happens when it was not taken. */
  readonly release: () => void;
  /** Nothing is at work: gives it back if others have waited for long enough. */
  readonly pause: () => void;
  /** Gives it back at once. */
  readonly close: () => void;
}

/** What is told of a lock. */
export interface FileLockHooks {
  /** Asked when the lock file is there: nobody has the file otherwise. */
  readonly isFree?: () => boolean;
  /** It was had anew: others may have had the file. */
  readonly onTaken?: () => void;
  /** It is about to be given back, and nothing of the connection is at work. */
  readonly onLeaving?: () => void;
}

/** What of this thread is kept without being needed, by lock file. */
const lingering = new Map<string, () => void>();

/** Makes the lock of a file; takes nothing yet. */
export function createFileLock(
  path: string,
  { isFree, onTaken, onLeaving }: FileLockHooks = {},
): FileLock {
  const lockPath = `${path}.lock`;
  let giveBack: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let takenAt = 0;
  let lookedAt = 0;
  let wasUsed = false;
  let isLeaving = false;
  let isPolite = false;

  const isLingering = () => lingering.get(lockPath) === leave;

  function close(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isLingering()) lingering.delete(lockPath);
    const give = giveBack;
    giveBack = undefined;
    give?.();
  }

  /** The hook may need the lock once more: it is still there. */
  function leave(): void {
    isLeaving = true;
    try {
      onLeaving?.();
    } finally {
      isLeaving = false;
      try {
        close();
      } catch {
        // Its directory went away, or may not be written any more: what was at
        // work is done, and whoever asks for the lock next finds out.
      }
    }
  }

  function wait(): void {
    wasUsed = false;
    timer = setTimeout(() => {
      timer = undefined;
      // It may be needed again by now: its release waits anew.
      if (!isLingering()) return;
      if (wasUsed && !isDue()) wait();
      else leave();
    }, LINGER_MS).unref();
  }

  /** Whether it was had for long enough, should others want it. */
  function isDue(): boolean {
    isPolite = isWaitedFor(lockPath);
    return isPolite || performance.now() - takenAt > MAX_HELD_MS;
  }

  return {
    path: lockPath,
    take() {
      if (giveBack !== undefined) {
        lingering.delete(lockPath);
        return true;
      }
      lingering.get(lockPath)?.();
      if (isPolite) sleep(POLITE_MS);
      isPolite = false;
      giveBack = takeLockFile(lockPath);
      if (giveBack === undefined) {
        signAsWaiting(lockPath);
        return false;
      }
      try {
        if (isFree?.() === false) close();
        else onTaken?.();
      } catch (error) {
        close();
        throw error;
      }
      takenAt = lookedAt = performance.now();
      return giveBack !== undefined;
    },
    release() {
      if (giveBack === undefined || isLeaving) return;
      lingering.set(lockPath, leave);
      wasUsed = true;
      if (timer === undefined) wait();
    },
    pause() {
      if (!isLingering()) return;
      const now = performance.now();
      if (now - lookedAt < LINGER_MS) return;
      lookedAt = now;
      if (isDue()) leave();
    },
    close,
  };
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Lets this thread wait. */
export function sleep(milliseconds: number): void {
  Atomics.wait(nothing, 0, 0, milliseconds);
}
