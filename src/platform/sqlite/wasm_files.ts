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
  fsyncSync,
  ftruncateSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { openOwnFile } from "../own_file.ts";
import { createFileLock, type FileLock } from "./file_lock.ts";
import { type Pointer, SQLITE, type SqliteLibrary } from "./wasm_library.ts";

/** The name by which SQLite knows this disk. */
export const VFS_NAME = "forge";

/** SQLite's way to say a time: days since the beginning of its calendar, in milliseconds. */
const JULIAN_EPOCH_MS = 210_866_760_000_000n;
/** What SQLite adds to the name of a database. */
const NAME = /^(\d+)(-journal|-wal)?$/;

interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
  readonly lock: FileLock;
  readonly deletes: boolean;
}

/** Databases that SQLite may open. */
export interface WasmFiles {
  /** Makes a file known; gives the name to open it by. */
  readonly add: (path: string) => string;
  /** Makes it unknown again. */
  readonly remove: (name: string) => void;
}

/** The file that is there while the SQLite of a runtime has a database open. */
export function sharedBy(path: string): string {
  return `${path}-shm`;
}

/** Registers the disk with a freshly loaded SQLite. */
export function installFiles({ capi, wasm, vfs }: SqliteLibrary): WasmFiles {
  const paths = new Map<string, string>();
  const open = new Map<Pointer, OpenFile>();

  const pathOf = (name: string): string | undefined => {
    const [, number = "", suffix = ""] = NAME.exec(name) ?? [];
    const path = paths.get(number);
    return path === undefined ? undefined : path + suffix;
  };
  const fileMethods = {
    ...transferMethods(wasm, (pointer) => open.get(pointer)!),
    ...lockMethods(wasm, (pointer) => open.get(pointer)!),
    xClose: (pointer: Pointer) =>
      attempt(() => {
        const file = open.get(pointer);
        if (file === undefined) return SQLITE.OK;
        open.delete(pointer);
        file.lock.close();
        closeSync(file.descriptor);
        if (file.deletes) rmSync(file.path, { force: true });
        return SQLITE.OK;
      }),
    xFileControl: () => SQLITE.NOTFOUND,
    xSectorSize: () => 4096,
    xDeviceCharacteristics: () => 0,
  };
  const methods = new capi.sqlite3_io_methods();
  methods.$iVersion = 1;
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
        const path = name === 0 ? undefined : pathOf(wasm.cstrToJs(name));
        if (path === undefined) return SQLITE.CANTOPEN;
        open.set(pointer, openFile(path, flags));
        const file = new capi.sqlite3_file(pointer);
        file.$pMethods = methods.pointer;
        file.dispose();
        if (out !== 0) wasm.poke(out, flags, "i32");
        return SQLITE.OK;
      }, SQLITE.CANTOPEN),
    xDelete: (_: Pointer, name: Pointer) =>
      attempt(() => {
        const path = pathOf(wasm.cstrToJs(name));
        if (path !== undefined) rmSync(path, { force: true });
        return SQLITE.OK;
      }),
    xAccess: (_: Pointer, name: Pointer, _flags: number, out: Pointer) =>
      attempt(() => {
        const path = pathOf(wasm.cstrToJs(name));
        const exists = path !== undefined && existsSync(path);
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
    add(path) {
      const name = `${++count}`;
      paths.set(name, path);
      return name;
    },
    remove: (name) => void paths.delete(name),
  };
}

function openFile(path: string, flags: number): OpenFile {
  const descriptor = openOwnFile(path, {
    write: true,
    create: (flags & SQLITE.OPEN_CREATE) !== 0,
  });
  return {
    descriptor,
    path,
    // Of the locks of another SQLite nothing is seen but that it is there.
    lock: createFileLock(path, () => !existsSync(sharedBy(path))),
    deletes: (flags & SQLITE.OPEN_DELETEONCLOSE) !== 0,
  };
}

type Memory = SqliteLibrary["wasm"];
type Find = (pointer: Pointer) => OpenFile;

function transferMethods(wasm: Memory, find: Find) {
  return {
    xRead: (file: Pointer, target: Pointer, bytes: number, offset: bigint) =>
      attempt(() => {
        const { descriptor } = find(file);
        const buffer = wasm.heap8u().subarray(target, target + bytes);
        let read = 0;
        while (read < bytes) {
          const more = readSync(
            descriptor,
            buffer,
            read,
            bytes - read,
            Number(offset) + read,
          );
          if (more === 0) break;
          read += more;
        }
        if (read === bytes) return SQLITE.OK;
        buffer.fill(0, read);
        return SQLITE.IOERR_SHORT_READ;
      }),
    xWrite: (file: Pointer, source: Pointer, bytes: number, offset: bigint) =>
      attempt(() => {
        const { descriptor } = find(file);
        const buffer = wasm.heap8u().subarray(source, source + bytes);
        let written = 0;
        while (written < bytes) {
          written += writeSync(
            descriptor,
            buffer,
            written,
            bytes - written,
            Number(offset) + written,
          );
        }
        return SQLITE.OK;
      }),
    xTruncate: (file: Pointer, size: bigint) =>
      attempt(() => {
        ftruncateSync(find(file).descriptor, Number(size));
        return SQLITE.OK;
      }),
    xSync: (file: Pointer) =>
      attempt(() => {
        fsyncSync(find(file).descriptor);
        return SQLITE.OK;
      }),
    xFileSize: (file: Pointer, out: Pointer) =>
      attempt(() => {
        const { size } = fstatSync(find(file).descriptor);
        wasm.poke(out, BigInt(size), "i64");
        return SQLITE.OK;
      }),
  };
}

/** Every lock is the same one here: who reads, too, has the file alone. */
function lockMethods(wasm: Memory, find: Find) {
  return {
    xLock: (file: Pointer) =>
      attempt(() => find(file).lock.take() ? SQLITE.OK : SQLITE.BUSY),
    xUnlock: (file: Pointer, level: number) =>
      attempt(() => {
        if (level === 0) find(file).lock.release();
        return SQLITE.OK;
      }),
    xCheckReservedLock: (_: Pointer, out: Pointer) => {
      wasm.poke(out, 0, "i32");
      return SQLITE.OK;
    },
  };
}

function clockMethods(wasm: Memory) {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  return {
    xRandomness: (_: Pointer, bytes: number, out: Pointer) => {
      crypto.getRandomValues(
        wasm.heap8u().subarray(out, out + bytes) as Uint8Array<ArrayBuffer>,
      );
      return bytes;
    },
    xSleep: (_: Pointer, microseconds: number) => {
      Atomics.wait(pause, 0, 0, Math.ceil(microseconds / 1000));
      return microseconds;
    },
    xCurrentTime: (_: Pointer, out: Pointer) => {
      wasm.poke(out, 2440587.5 + Date.now() / 86_400_000, "double");
      return SQLITE.OK;
    },
    xCurrentTimeInt64: (_: Pointer, out: Pointer) => {
      wasm.poke(out, BigInt(Date.now()) + JULIAN_EPOCH_MS, "i64");
      return SQLITE.OK;
    },
  };
}

/** No exception may cross the frames of SQLite. */
function attempt(work: () => number, failure: number = SQLITE.IOERR): number {
  try {
    return work();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return code === "ENOSPC" || code === "EDQUOT" ? SQLITE.FULL : failure;
  }
}
