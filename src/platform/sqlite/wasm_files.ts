/**
 * The disk for SQLite in WASM. It knows databases by numbers and reaches the
 * files of those only: whatever SQL asks for, another file has no name here.
 *
 * @module
 */

import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  rmSync,
  statSync,
} from "node:fs";
import { openOwnFile } from "../own_file.ts";
import { createFileLock, type FileLock } from "./file_lock.ts";
import { clockMethods } from "./wasm_clock.ts";
import { type Pointer, SQLITE, type SqliteLibrary } from "./wasm_library.ts";
import { createWasmLocks, lockMethods, type WasmLocks } from "./wasm_locks.ts";
import { attempt, type OpenFile, transferMethods } from "./wasm_transfers.ts";

/** The name by which SQLite knows this disk. */
export const VFS_NAME = "forge";

/** What SQLite adds to the name of a database. */
const NAME = /^(\d+)(-journal|-wal)?$/;

/** Databases that SQLite may open. */
export interface WasmFiles {
  /**
   * Makes a file known.
   *
   * @param checkpoint Called when the lock is about to be given back, and the
   * log is not empty: brings it into the database.
   */
  readonly add: (path: string, checkpoint: () => void) => WasmFile;
}

/** A database that SQLite may open. */
export interface WasmFile {
  /** The name to open it by. */
  readonly name: string;
  /** From here on the log has no more bytes than that. */
  readonly limitLog: (maxBytes: number) => void;
  /** SQLite is not at work: others may have it, if they have waited. */
  readonly pause: () => void;
  /** Makes it unknown again. */
  readonly remove: () => void;
  /**
   * Closes all of it without a word to SQLite, which will never be called again:
   * as if its process were killed.
   */
  readonly abandon: () => void;
}

/** One of them. */
interface Known {
  readonly path: string;
  readonly lock: FileLock;
  readonly locks: WasmLocks;
  /** What is open of it. */
  readonly files: Set<OpenFile>;
  /** Its log, while it is open. */
  log: OpenFile | undefined;
  maxLogBytes: number;
}

/** The file that is there while the SQLite of a runtime has a database open. */
export function sharedBy(path: string): string {
  return `${path}-shm`;
}

/** Registers the disk with a freshly loaded SQLite. */
export function installFiles({ capi, wasm, vfs }: SqliteLibrary): WasmFiles {
  const databases = new Map<string, Known>();
  const open = new Map<Pointer, OpenFile & { readonly of: Known }>();

  const find = (name: Pointer) => {
    const text = name === 0 ? "" : wasm.cstrToJs(name);
    const [, number = "", suffix = ""] = NAME.exec(text) ?? [];
    const of = databases.get(number);
    return of === undefined
      ? undefined
      : { of, suffix, path: of.path + suffix };
  };
  const fileMethods = {
    ...transferMethods(wasm, (pointer) => open.get(pointer)!),
    ...lockMethods(wasm, (pointer) => open.get(pointer)!.of.locks, attempt),
    xClose: (pointer: Pointer) =>
      attempt(() => {
        const file = open.get(pointer);
        if (file === undefined) return SQLITE.OK;
        open.delete(pointer);
        file.of.files.delete(file);
        if (file.of.log === file) file.of.log = undefined;
        if (file.path === file.of.path) file.of.lock.close();
        closeSync(file.descriptor);
        if (file.deletes) rmSync(file.path, { force: true });
        return SQLITE.OK;
      }),
    xFileControl: () => SQLITE.NOTFOUND,
    xSectorSize: () => 4096,
    xDeviceCharacteristics: () => 0,
  };
  const methods = new capi.sqlite3_io_methods();
  // The second has a log.
  methods.$iVersion = 2;
  const system = new capi.sqlite3_vfs();
  system.$iVersion = 2;
  system.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
  system.$mxPathname = 64;
  const systemMethods = {
    xOpen: (
      _: Pointer,
      name: Pointer,
      pointer: Pointer,
      flags: number,
      out: Pointer,
    ) =>
      attempt(() => {
        const found = find(name);
        if (found === undefined) return SQLITE.CANTOPEN;
        const { of, suffix, path } = found;
        const file = { ...openFile(path, flags), of };
        if (suffix === "-wal") {
          of.log = file;
          file.maxBytes = of.maxLogBytes;
        }
        open.set(pointer, file);
        of.files.add(file);
        const struct = new capi.sqlite3_file(pointer);
        struct.$pMethods = methods.pointer;
        struct.dispose();
        if (out !== 0) wasm.poke(out, flags, "i32");
        return SQLITE.OK;
      }, SQLITE.CANTOPEN),
    xDelete: (_: Pointer, name: Pointer) =>
      attempt(() => {
        const found = find(name);
        if (found !== undefined) rmSync(found.path, { force: true });
        return SQLITE.OK;
      }),
    xAccess: (_: Pointer, name: Pointer, _flags: number, out: Pointer) =>
      attempt(() => {
        const found = find(name);
        // As on every disk of SQLite, an empty file is as good as none.
        const exists = found !== undefined && sizeOf(found.path) > 0;
        wasm.poke(out, exists ? 1 : 0, "i32");
        return SQLITE.OK;
      }),
    xFullPathname: (_: Pointer, name: Pointer, bytes: number, out: Pointer) =>
      wasm.cstrncpy(out, name, bytes) < bytes ? SQLITE.OK : SQLITE.CANTOPEN,
    xGetLastError: () => 0,
    ...clockMethods(wasm),
  };
  vfs.installVfs({
    io: { struct: methods, methods: fileMethods },
    vfs: { struct: system, methods: systemMethods, name: VFS_NAME },
  });

  let count = 0;
  return {
    add(path, checkpoint) {
      const name = `${++count}`;
      const known = know(wasm, path, checkpoint);
      databases.set(name, known);
      return {
        name,
        limitLog(maxBytes) {
          known.maxLogBytes = maxBytes;
          if (known.log !== undefined) known.log.maxBytes = maxBytes;
        },
        pause: known.lock.pause,
        remove: () => void databases.delete(name),
        abandon() {
          databases.delete(name);
          for (const file of known.files) {
            closeSync(file.descriptor);
            if (file.deletes) rmSync(file.path, { force: true });
          }
          known.files.clear();
          known.log = undefined;
          known.lock.close();
        },
      };
    },
  };
}

function know(
  wasm: SqliteLibrary["wasm"],
  path: string,
  checkpoint: () => void,
): Known {
  const lock = createFileLock(path, {
    // Of the locks of another SQLite nothing is seen but that it is there.
    isFree: () => !existsSync(sharedBy(path)),
    onTaken() {
      for (const file of known.files) file.bytes = undefined;
      if (known.log !== undefined) openAnew(known.log);
    },
    onLeaving() {
      try {
        if (
          known.log !== undefined && fstatSync(known.log.descriptor).size > 0
        ) {
          checkpoint();
        }
      } catch {
        // The log stays as it is: whoever has the file next takes it up.
      } finally {
        known.locks.wipeIndex();
      }
    },
  });
  const known: Known = {
    ...{ path, lock, locks: createWasmLocks(wasm, lock), files: new Set() },
    ...{ log: undefined, maxLogBytes: Infinity },
  };
  return known;
}

function openFile(path: string, flags: number): OpenFile {
  const create = (flags & SQLITE.OPEN_CREATE) !== 0;
  const isNew = create && !existsSync(path);
  const descriptor = openOwnFile(path, { write: true, create });
  return {
    ...{ descriptor, path, isNew, maxBytes: Infinity, bytes: undefined },
    deletes: (flags & SQLITE.OPEN_DELETEONCLOSE) !== 0,
  };
}

/** Others may have removed a log while nobody had the lock: the one by its name counts. */
function openAnew(log: OpenFile): void {
  const here = fstatSync(log.descriptor);
  const there = lstatSync(log.path, { throwIfNoEntry: false });
  if (there?.ino === here.ino && there.dev === here.dev) return;
  const { descriptor, isNew } = openFile(log.path, SQLITE.OPEN_CREATE);
  closeSync(log.descriptor);
  log.descriptor = descriptor;
  log.isNew = isNew;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
