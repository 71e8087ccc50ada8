/**
 * Bytes between the memory of SQLite in WASM and the disk.
 *
 * @module
 */

import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type Pointer, SQLITE, type SqliteLibrary } from "./wasm_library.ts";

/** A file that SQLite has open. */
export interface OpenFile {
  descriptor: number;
  readonly path: string;
  /** Its name may be gone after a power cut. */
  isNew: boolean;
  /** It does not grow beyond that. */
  maxBytes: number;
  /** Its bytes, once they were asked for, for as long as nobody else may change it. */
  bytes: number | undefined;
  /** It goes when it is closed. */
  readonly deletes: boolean;
}

/** The methods of a file by which SQLite reads and writes. */
export function transferMethods(
  wasm: SqliteLibrary["wasm"],
  find: (file: Pointer) => OpenFile,
): Readonly<Record<string, unknown>> {
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
        const open = find(file);
        const { descriptor, maxBytes } = open;
        const end = Number(offset) + bytes;
        if (end > maxBytes) return SQLITE.FULL;
        if (open.bytes !== undefined && end > open.bytes) {
          open.bytes = undefined;
        }
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
        const open = find(file);
        // SQLite asks for it after each checkpoint, and it takes the disk a while.
        if (bytesOf(open) === Number(size)) return SQLITE.OK;
        open.bytes = undefined;
        ftruncateSync(open.descriptor, Number(size));
        return SQLITE.OK;
      }),
    xSync: (pointer: Pointer) =>
      attempt(() => {
        const file = find(pointer);
        fsyncSync(file.descriptor);
        if (file.isNew) syncName(file.path);
        file.isNew = false;
        return SQLITE.OK;
      }),
    xFileSize: (file: Pointer, out: Pointer) =>
      attempt(() => {
        wasm.poke(out, BigInt(bytesOf(find(file))), "i64");
        return SQLITE.OK;
      }),
  };
}

function bytesOf(file: OpenFile): number {
  return file.bytes ??= fstatSync(file.descriptor).size;
}

/** Has the system write down the name of a new file, where it lets one ask. */
function syncName(path: string): void {
  try {
    const directory = openSync(dirname(path), "r");
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  } catch {
    // Windows has no such thing, and some processes may open their files only.
  }
}

/** No exception may cross the frames of SQLite. */
export function attempt(
  work: () => number,
  failure: number = SQLITE.IOERR,
): number {
  try {
    return work();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    return code === "ENOSPC" || code === "EDQUOT" ? SQLITE.FULL : failure;
  }
}
