/**
 * Calls on descriptors: reading, writing, listing.
 *
 * @module
 */

import type { Descriptor, FileDescriptor } from "./descriptors.ts";
import { Errno, WasiFailure } from "./errno.ts";
import {
  ALL_RIGHTS,
  FileType,
  fileTypeOf,
  newTimes,
  RIGHT_READ,
  RIGHT_WRITE,
  writeFdStat,
  writeFileStat,
} from "./records.ts";
import type { WasiCalls, WasiContext } from "./system.ts";

const FLAG_APPEND = 1;
/** Flags that say how sure a write must be; all of them mean: surely. */
const FLAGS_SYNC = 2 | 8 | 16;
/** Bytes of output that one call takes; who has more calls again, as programs do. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** Bytes of a `dirent` without its name. */
const DIRENT_BYTES = 24;

/** Calls that start with `fd_`. */
export function fileCalls(context: WasiContext): WasiCalls {
  const { memory, descriptors, timeOfDay } = context;
  return {
    fd_advise: (fd: number) => void descriptors.file(fd),
    fd_allocate(fd: number, offset: bigint, length: bigint) {
      const end = position(offset) + position(length);
      const file = writable(descriptors.get(fd));
      const { size } = file.file.stat();
      if (end > size) resize(context, file, end);
    },
    fd_close: (fd: number) => closing(context, fd, () => descriptors.close(fd)),
    fd_datasync: (fd: number) => sync(descriptors.get(fd)),
    fd_fdstat_get(fd: number, out: number) {
      writeFdStat(memory, out, statOf(descriptors.get(fd)));
    },
    fd_fdstat_set_flags(fd: number, flags: number) {
      descriptors.file(fd).flags = flags;
    },
    fd_fdstat_set_rights: (fd: number) => void descriptors.get(fd),
    fd_filestat_get(fd: number, out: number) {
      writeFileStat(memory, out, entryOf(context, descriptors.get(fd)));
    },
    fd_filestat_set_size(fd: number, size: bigint) {
      resize(context, writable(descriptors.get(fd)), position(size));
    },
    fd_filestat_set_times(
      fd: number,
      accessed: bigint,
      modified: bigint,
      flags: number,
    ) {
      const { file } = descriptors.file(fd);
      const wanted = { accessed, modified, flags };
      file.setTimes(newTimes(file.stat(), wanted, timeOfDay()));
    },
    fd_pread(fd: number, list: number, count: number, at: bigint, out: number) {
      const file = readable(descriptors.file(fd));
      memory.setU32(
        out,
        read(context, file, { list, count, at: position(at) }),
      );
    },
    fd_prestat_get(fd: number, out: number) {
      const { preopen } = descriptors.directory(fd);
      if (preopen === undefined) throw new WasiFailure(Errno.BADF);
      memory.setU64(out, BigInt(encode(preopen).length) << 32n);
    },
    fd_prestat_dir_name(fd: number, out: number, length: number) {
      const { preopen } = descriptors.directory(fd);
      if (preopen === undefined) throw new WasiFailure(Errno.BADF);
      const name = encode(preopen);
      if (length < name.length) throw new WasiFailure(Errno.NAMETOOLONG);
      memory.bytes(out, name.length).set(name);
    },
    fd_pwrite(
      fd: number,
      list: number,
      count: number,
      at: bigint,
      out: number,
    ) {
      const file = writable(descriptors.file(fd));
      const where = { list, count, at: position(at) };
      memory.setU32(out, write(context, file, where));
    },
    fd_read(fd: number, list: number, count: number, out: number) {
      const found = descriptors.get(fd);
      if (found.kind === "input") return memory.setU32(out, 0);
      const file = readable(descriptors.file(fd));
      const bytes = read(context, file, { list, count, at: file.position });
      file.position += bytes;
      memory.setU32(out, bytes);
    },
    fd_readdir: (
      fd: number,
      out: number,
      length: number,
      cookie: bigint,
      used: number,
    ) => memory.setU32(used, list(context, fd, { out, length, cookie })),
    fd_renumber: (from: number, to: number) =>
      closing(context, to, () => descriptors.renumber(from, to)),
    fd_seek(fd: number, offset: bigint, whence: number, out: number) {
      const file = descriptors.file(fd);
      const start = [0, file.position, file.file.stat().size][whence];
      if (start === undefined) throw new WasiFailure(Errno.INVAL);
      file.position = position(BigInt(start) + offset);
      memory.setU64(out, BigInt(file.position));
    },
    fd_sync: (fd: number) => sync(descriptors.get(fd)),
    fd_tell(fd: number, out: number) {
      memory.setU64(out, BigInt(descriptors.file(fd).position));
    },
    fd_write(fd: number, list: number, count: number, out: number) {
      const found = descriptors.get(fd);
      if (found.kind === "output") {
        let bytes = 0;
        for (const buffer of memory.buffers(list, count)) {
          const part = buffer.subarray(0, MAX_OUTPUT_BYTES - bytes);
          found.lines.write(part);
          bytes += part.length;
        }
        return memory.setU32(out, bytes);
      }
      const file = writable(descriptors.file(fd));
      const appends = (file.flags & FLAG_APPEND) !== 0;
      const at = appends ? file.file.stat().size : file.position;
      const bytes = write(context, file, { list, count, at });
      file.position = at + bytes;
      memory.setU32(out, bytes);
    },
  };
}

/** Closes a descriptor, and with it what is held for it; of a file that has no name, with the last one. */
function closing(
  { descriptors, listings, quota }: WasiContext,
  fd: number,
  close: () => void,
): void {
  const found = descriptors.get(fd);
  const stat = found.kind === "file" ? found.file.stat() : undefined;
  close();
  if (found.kind === "directory") listings.drop(found);
  if (stat !== undefined && !descriptors.hasFile(stat.id)) quota?.closed(stat);
}

/** Gives a file another size, if the extension has room for it. */
export function resize(
  { quota }: WasiContext,
  { file }: Pick<FileDescriptor, "file">,
  to: number,
): void {
  const { size } = file.stat();
  quota?.resize(size, to);
  try {
    file.resize(to);
  } catch (error) {
    quota?.resize(to, size);
    throw error;
  }
}

interface Transfer {
  readonly list: number;
  readonly count: number;
  readonly at: number;
}

function read(
  { memory }: WasiContext,
  { file }: FileDescriptor,
  { list, count, at }: Transfer,
): number {
  let bytes = 0;
  for (const buffer of memory.buffers(list, count)) {
    const more = buffer.length === 0 ? 0 : file.read(buffer, at + bytes);
    bytes += more;
    if (more < buffer.length) break;
  }
  return bytes;
}

function write(
  { memory, quota }: WasiContext,
  { file, flags }: FileDescriptor,
  { list, count, at }: Transfer,
): number {
  let bytes = 0;
  for (const buffer of memory.buffers(list, count)) {
    if (buffer.length === 0) continue;
    const { size } = file.stat();
    const end = Math.max(size, at + bytes + buffer.length);
    quota?.resize(size, end);
    let written = 0;
    try {
      written = file.write(buffer, at + bytes);
    } finally {
      // What the disk did not take.
      quota?.resize(
        end,
        Math.max(size, written > 0 ? at + bytes + written : 0),
      );
    }
    bytes += written;
    if (written < buffer.length) break;
  }
  if ((flags & FLAGS_SYNC) !== 0) file.sync();
  return bytes;
}

function list(
  { memory, descriptors, listings, directory }: WasiContext,
  fd: number,
  where: {
    readonly out: number;
    readonly length: number;
    readonly cookie: bigint;
  },
): number {
  const found = descriptors.directory(fd);
  // A listing that is begun anew sees what is there now.
  if (where.cookie === 0n) listings.drop(found);
  const entries = listings.of(found, () => [
    { name: ".", type: FileType.DIRECTORY },
    { name: "..", type: FileType.DIRECTORY },
    ...(directory?.list(found.path) ?? []).map(({ name, kind }) => ({
      name,
      type: fileTypeOf(kind),
    })),
  ]);
  const target = memory.bytes(where.out, where.length);
  let used = 0;
  let next = Number(BigInt.asUintN(53, where.cookie));
  while (next < entries.length && used < target.length) {
    const { name, type } = entries[next]!;
    const record = dirent(encode(name), type, ++next);
    // A record that does not fit is cut: so the module knows that there is more.
    const part = record.subarray(0, target.length - used);
    target.set(part, used);
    used += part.length;
  }
  // For the module, too, that is the end.
  if (used < target.length) listings.drop(found);
  return used;
}

function dirent(name: Uint8Array, type: number, next: number): Uint8Array {
  const record = new Uint8Array(DIRENT_BYTES + name.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(next), true);
  // The number of the entry is not looked up: 0 says that it is not known.
  view.setBigUint64(8, 0n, true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, type);
  record.set(name, DIRENT_BYTES);
  return record;
}

function statOf(descriptor: Descriptor) {
  switch (descriptor.kind) {
    case "input":
      return { type: FileType.CHARACTER_DEVICE, flags: 0, rights: RIGHT_READ };
    case "output":
      return { type: FileType.CHARACTER_DEVICE, flags: 0, rights: RIGHT_WRITE };
    case "directory":
      return { type: FileType.DIRECTORY, flags: 0, rights: ALL_RIGHTS };
    case "file": {
      const { flags, reads, writes } = descriptor;
      const rights = ALL_RIGHTS & ~(reads ? 0n : RIGHT_READ) &
        ~(writes ? 0n : RIGHT_WRITE);
      return { type: FileType.REGULAR_FILE, flags, rights };
    }
  }
}

function entryOf({ directory }: WasiContext, descriptor: Descriptor) {
  switch (descriptor.kind) {
    case "file":
      return descriptor.file.stat();
    case "directory": {
      const found = directory?.stat(descriptor.path);
      if (found === undefined) throw new WasiFailure(Errno.NOENT);
      return found;
    }
    default:
      return {
        ...{ kind: "other" as const, size: 0, id: 0 },
        ...{ accessedMs: 0, modifiedMs: 0, changedMs: 0 },
      };
  }
}

function sync(descriptor: Descriptor): void {
  if (descriptor.kind === "file") descriptor.file.sync();
}

function readable(file: FileDescriptor): FileDescriptor {
  if (!file.reads) throw new WasiFailure(Errno.BADF);
  return file;
}

function writable(descriptor: Descriptor): FileDescriptor {
  if (descriptor.kind === "file" && descriptor.writes) return descriptor;
  throw new WasiFailure(Errno.BADF);
}

/** A place in a file: what JavaScript counts exactly. */
function position(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new WasiFailure(Errno.INVAL);
  }
  return Number(value);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
