/**
 * Locks of a database of SQLite in WASM, and the index of its log (WAL).
 *
 * There is one lock, the lock file, and it is exclusive: who reads has the file
 * alone, too. So the index that connections share elsewhere is shared with
 * nobody, and is memory of this SQLite. It holds as long as the lock is had:
 * when it is given back the head of the index is wiped, and SQLite makes the
 * index anew from the log, after it has got the lock again.
 *
 * @module
 */

import type { FileLock } from "./file_lock.ts";
import { type Pointer, SQLITE, type SqliteLibrary } from "./wasm_library.ts";

/** Bytes at the start of the index that say what it is worth, twice. */
const INDEX_HEAD_BYTES = 2 * 48;

/** Levels of SQLite's locks of the database file itself. */
const SHARED = 1;

/** The locks of one database. */
export interface WasmLocks {
  /** Raises the lock of the database file. */
  readonly lock: (level: number) => boolean;
  /** Lowers it. */
  readonly unlock: (level: number) => void;
  /** Takes or frees some of the locks of the log. */
  readonly lockLog: (first: number, count: number, flags: number) => boolean;
  /** A part of the index, zero when it is new. */
  readonly mapIndex: (part: number, bytes: number) => Pointer;
  /** Nothing that was had of the index counts any more. */
  readonly wipeIndex: () => void;
  /** The log is not used any more. */
  readonly unmapIndex: () => void;
}

/** Makes the locks; takes none. */
export function createWasmLocks(
  wasm: SqliteLibrary["wasm"],
  file: Pick<FileLock, "take" | "release">,
): WasmLocks {
  const parts = new Map<number, Pointer>();
  let level = 0;
  /** The locks of the log that are had, a bit for each. */
  let logLocks = 0;

  // A connection that uses a log has its file shared until it is closed: that
  // keeps others of SQLite from removing the log, which is looked after here.
  const isNeeded = () =>
    logLocks !== 0 || level > SHARED || (level === SHARED && parts.size === 0);
  const settle = () => {
    if (!isNeeded()) file.release();
  };

  return {
    lock(wanted) {
      const isFirst = wanted === SHARED && parts.size > 0;
      if (!isFirst && !file.take()) return false;
      level = wanted;
      return true;
    },

    unlock(wanted) {
      level = wanted;
      settle();
    },

    lockLog(first, count, flags) {
      const bits = ((1 << count) - 1) << first;
      if ((flags & SQLITE.SHM_UNLOCK) !== 0) {
        logLocks &= ~bits;
        settle();
        return true;
      }
      if (!file.take()) return false;
      logLocks |= bits;
      return true;
    },

    mapIndex(part, bytes) {
      const known = parts.get(part);
      if (known !== undefined) return known;
      const pointer = wasm.alloc(bytes);
      wasm.heap8u().fill(0, pointer, pointer + bytes);
      parts.set(part, pointer);
      settle();
      return pointer;
    },

    wipeIndex() {
      const head = parts.get(0);
      if (head !== undefined) {
        wasm.heap8u().fill(0, head, head + INDEX_HEAD_BYTES);
      }
    },

    unmapIndex() {
      for (const pointer of parts.values()) wasm.dealloc(pointer);
      parts.clear();
    },
  };
}

/** The methods of a file by which SQLite asks for them. */
export function lockMethods(
  wasm: SqliteLibrary["wasm"],
  locksOf: (file: Pointer) => WasmLocks,
  attempt: (work: () => number, failure?: number) => number,
): Readonly<Record<string, unknown>> {
  const asked = (isHad: boolean) => isHad ? SQLITE.OK : SQLITE.BUSY;
  return {
    xLock: (file: Pointer, level: number) =>
      attempt(() => asked(locksOf(file).lock(level))),
    xUnlock: (file: Pointer, level: number) =>
      attempt(() => {
        locksOf(file).unlock(level);
        return SQLITE.OK;
      }),
    xCheckReservedLock: (_: Pointer, out: Pointer) => {
      wasm.poke(out, 0, "i32");
      return SQLITE.OK;
    },
    xShmMap: (
      file: Pointer,
      part: number,
      bytes: number,
      _extends: number,
      out: Pointer,
    ) =>
      attempt(() => {
        wasm.poke(out, locksOf(file).mapIndex(part, bytes), "*");
        return SQLITE.OK;
      }, SQLITE.NOMEM),
    xShmLock: (file: Pointer, first: number, count: number, flags: number) =>
      attempt(() => asked(locksOf(file).lockLog(first, count, flags))),
    xShmBarrier: () => {},
    xShmUnmap: (file: Pointer) =>
      attempt(() => {
        locksOf(file).unmapIndex();
        return SQLITE.OK;
      }),
  };
}
