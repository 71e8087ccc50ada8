/**
 * Calls on paths: opening, making, removing, renaming.
 *
 * @module
 */

import type { EntryStat, SyncDirectory } from "../../platform/types.ts";
import { Errno, WasiFailure } from "./errno.ts";
import { resize } from "./file_calls.ts";
import { requireDirectory, resolvePath } from "./paths.ts";
import {
  newTimes,
  RIGHT_READ,
  writeFileStat,
  WRITING_RIGHTS,
} from "./records.ts";
import type { WasiCalls, WasiContext } from "./system.ts";

const FOLLOW_LINKS = 1;
const OPEN_CREATE = 1;
const OPEN_DIRECTORY = 2;
const OPEN_EXCLUSIVE = 4;
const OPEN_TRUNCATE = 8;

/** Calls that start with `path_`. */
export function pathCalls(context: WasiContext): WasiCalls {
  const { memory, descriptors, timeOfDay } = context;

  function find(fd: number, pointer: number, length: number): Found {
    const { path } = descriptors.directory(fd);
    const { directory } = context;
    if (directory === undefined) throw new WasiFailure(Errno.BADF);
    const text = memory.text(pointer, length);
    const resolved = resolvePath(directory, path, text);
    return { ...resolved, directory };
  }

  function look(found: Found, flags: number): EntryStat {
    const stat = found.directory.stat(found.names);
    if (stat === undefined) throw new WasiFailure(Errno.NOENT);
    if (stat.kind === "link" && (flags & FOLLOW_LINKS) !== 0) {
      throw new WasiFailure(Errno.LOOP);
    }
    if (found.isDirectory) requireDirectory(stat);
    return stat;
  }

  return {
    path_create_directory(fd: number, path: number, length: number) {
      const { directory, names } = find(fd, path, length);
      if (directory.stat(names) !== undefined) {
        throw new WasiFailure(Errno.EXIST);
      }
      counted(context, () => directory.makeDirectory(names));
    },
    path_filestat_get(
      ...[fd, flags, path, length, out]: [
        number,
        number,
        number,
        number,
        number,
      ]
    ) {
      writeFileStat(memory, out, look(find(fd, path, length), flags));
    },
    path_filestat_set_times(
      fd: number,
      flags: number,
      path: number,
      length: number,
      accessed: bigint,
      modified: bigint,
      which: number,
    ) {
      const found = find(fd, path, length);
      // A link is never followed, and has no times of its own here.
      const stat = look(found, flags | FOLLOW_LINKS);
      const wanted = { accessed, modified, flags: which };
      found.directory.setTimes(
        found.names,
        newTimes(stat, wanted, timeOfDay()),
      );
    },
    path_link: refuse,
    path_symlink: refuse,
    path_readlink: refuse,
    path_open(
      fd: number,
      _flags: number,
      path: number,
      length: number,
      how: number,
      rights: bigint,
      _inherited: bigint,
      descriptorFlags: number,
      out: number,
    ) {
      descriptors.requireRoom();
      // Before anything is made: a bad place for the answer.
      memory.view(out, 4);
      const found = find(fd, path, length);
      const opened = open(context, found, { how, rights, descriptorFlags });
      memory.setU32(out, descriptors.add(opened));
    },
    path_remove_directory(fd: number, path: number, length: number) {
      const { directory, names } = find(fd, path, length);
      context.quota?.count();
      directory.removeDirectory(names);
      context.quota?.remove(0);
    },
    path_rename(
      fromFd: number,
      fromPath: number,
      fromLength: number,
      toFd: number,
      toPath: number,
      toLength: number,
    ) {
      const from = find(fromFd, fromPath, fromLength);
      const to = find(toFd, toPath, toLength);
      const moved = look(from, 0);
      const replaced = to.directory.stat(to.names);
      if (to.isDirectory) requireDirectory(moved);
      context.quota?.count();
      from.directory.rename(from.names, to.names);
      const isSame = from.names.join("/") === to.names.join("/");
      if (replaced !== undefined && !isSame) {
        removed(context, replaced);
      }
    },
    path_unlink_file(fd: number, path: number, length: number) {
      const found = find(fd, path, length);
      const { directory, names } = found;
      const stat = look(found, 0);
      context.quota?.count();
      directory.removeFile(names);
      removed(context, stat);
    },
  };
}

interface Found {
  readonly directory: SyncDirectory;
  readonly names: readonly string[];
  readonly isDirectory: boolean;
}

function refuse(): never {
  throw new WasiFailure(Errno.PERM);
}

/** Makes an entry that counts. */
function counted<T>({ quota }: WasiContext, make: () => T): T {
  quota?.add();
  try {
    return make();
  } catch (error) {
    quota?.remove(0);
    throw error;
  }
}

/** After a name was removed: what an open file holds stays until it is closed. */
function removed({ quota, descriptors }: WasiContext, stat: EntryStat): void {
  const { kind, id, size } = stat;
  if (kind !== "file") quota?.remove(0);
  else if (descriptors.hasFile(id)) quota?.removeName(id);
  else quota?.remove(size);
}

function open(
  context: WasiContext,
  { directory, names, isDirectory }: Found,
  options: {
    readonly how: number;
    readonly rights: bigint;
    readonly descriptorFlags: number;
  },
) {
  const { how, rights, descriptorFlags } = options;
  const stat = directory.stat(names);
  const wants = (flag: number) => (how & flag) !== 0;
  const writes = (rights & WRITING_RIGHTS) !== 0n;
  if (stat?.kind === "directory") {
    if (wants(OPEN_EXCLUSIVE)) throw new WasiFailure(Errno.EXIST);
    // Who says that it wants a directory may ask for every right at once.
    const isFor = wants(OPEN_DIRECTORY) || !writes;
    if (!isFor || wants(OPEN_TRUNCATE)) throw new WasiFailure(Errno.ISDIR);
    return { kind: "directory" as const, path: names };
  }
  if (stat?.kind === "link") throw new WasiFailure(Errno.LOOP);
  if (isDirectory || wants(OPEN_DIRECTORY)) {
    throw new WasiFailure(stat === undefined ? Errno.NOENT : Errno.NOTDIR);
  }
  const openFile = () =>
    directory.open(names, {
      // A file that is made or emptied is opened so that it can be.
      write: writes || wants(OPEN_TRUNCATE),
      create: wants(OPEN_CREATE),
      exclusive: wants(OPEN_EXCLUSIVE) && wants(OPEN_CREATE),
    });
  const makes = stat === undefined && wants(OPEN_CREATE);
  const file = makes ? counted(context, openFile) : openFile();
  try {
    if (wants(OPEN_TRUNCATE)) resize(context, { file }, 0);
  } catch (error) {
    file.close();
    throw error;
  }
  const reads = (rights & RIGHT_READ) !== 0n;
  return {
    ...{ kind: "file" as const, file, path: names, position: 0 },
    ...{ flags: descriptorFlags, reads, writes },
  };
}
