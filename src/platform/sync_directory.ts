/**
 * One directory, and nothing that is not in it, through the synchronous calls
 * of `node:fs`, which Deno and Node both have.
 *
 * Neither runtime can open a name relative to an open directory. Each step of
 * a path is looked at instead, links are refused, and a file is looked at once
 * more when it is open. Another process that changes directories into links
 * at just the right moments can still lead operations on names (make, remove,
 * rename) elsewhere; an extension cannot make links, and so not do that.
 *
 * @module
 */

import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { openOwnFile, systemError } from "./own_file.ts";
import type {
  EntryKind,
  EntryStat,
  OpenEntryOptions,
  SyncDirectory,
  SyncFile,
} from "./types.ts";

/** Directories within directories: more than programs make on purpose. */
const MAX_DEPTH = 64;
/** Names that mean something else on Windows. */
const WINDOWS_NAME =
  /[\\:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Opens a directory for an extension. It is made when something is first
 * written; until then it is empty.
 *
 * @param root The directory, absolute.
 * @param makeRoot Makes it, and those above it.
 */
export function openSyncDirectory(
  root: string,
  makeRoot: (path: string) => void,
): SyncDirectory {
  /** The path of an entry whose parents are all directories, and real ones. */
  function find(path: readonly string[]): string {
    if (path.length > MAX_DEPTH) throw systemError("ENAMETOOLONG", "too deep");
    let parent = root;
    if (path.length > 0) checkDirectory(parent);
    for (const [i, name] of path.entries()) {
      checkName(name);
      parent = join(parent, name);
      if (i < path.length - 1) checkDirectory(parent);
    }
    return parent;
  }

  function findEntry(path: readonly string[]): string {
    if (path.length === 0) throw systemError("EPERM", "the directory itself");
    return find(path);
  }

  function findToMake(path: readonly string[]): string {
    if (lstatSync(root, { throwIfNoEntry: false }) === undefined) {
      makeRoot(root);
    }
    return findEntry(path);
  }

  /** Whether the way to an entry is still what it was when it was looked at. */
  function isInside(path: readonly string[]): boolean {
    const parents = path.slice(0, -1);
    return realpathSync(join(root, ...parents)) ===
      join(realpathSync(root), ...parents);
  }

  return {
    stat(path) {
      try {
        return statOf(lstatSync(find(path)));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
        return path.length === 0 ? EMPTY : undefined;
      }
    },

    list(path) {
      try {
        const directory = find(path);
        checkDirectory(directory);
        return readdirSync(directory, { withFileTypes: true })
          .map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
      } catch (error) {
        if (path.length > 0 || codeOf(error) !== "ENOENT") throw error;
        return [];
      }
    },

    open(path, options) {
      const creates = options.create || options.exclusive;
      const found = creates ? findToMake(path) : find(path);
      const descriptor = openOwnFile(found, options);
      if (isInside(path)) return fileOf(descriptor, options);
      closeSync(descriptor);
      throw systemError("ELOOP", "a directory became a link");
    },

    makeDirectory: (path) => mkdirSync(findToMake(path)),

    removeFile(path) {
      const found = findEntry(path);
      // Some runtimes remove directories, too.
      if (lstatSync(found).isDirectory()) {
        throw systemError("EISDIR", "it is a directory");
      }
      unlinkSync(found);
    },

    removeDirectory(path) {
      const found = findEntry(path);
      checkDirectory(found);
      rmdirSync(found);
    },

    rename(from, to) {
      renameSync(findEntry(from), findEntry(to));
    },

    setTimes(path, { accessedMs, modifiedMs }) {
      const found = findEntry(path);
      if (lstatSync(found).isSymbolicLink()) {
        throw systemError("ELOOP", "it is a link");
      }
      utimesSync(found, accessedMs / 1000, modifiedMs / 1000);
    },
  };
}

function fileOf(descriptor: number, { write }: OpenEntryOptions): SyncFile {
  return {
    read: (buffer, position) =>
      readSync(descriptor, buffer, 0, buffer.length, position),
    write(bytes, position) {
      if (!write) throw systemError("EBADF", "it is open to be read");
      return writeSync(descriptor, bytes, 0, bytes.length, position);
    },
    stat: () => statOf(fstatSync(descriptor)),
    resize: (size) => ftruncateSync(descriptor, size),
    setTimes: ({ accessedMs, modifiedMs }) =>
      futimesSync(descriptor, accessedMs / 1000, modifiedMs / 1000),
    sync: () => fsyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}

/** A directory that was not made yet. */
const EMPTY: EntryStat = {
  kind: "directory",
  size: 0,
  id: 0,
  accessedMs: 0,
  modifiedMs: 0,
  changedMs: 0,
};

function statOf(found: Stats): EntryStat {
  return {
    kind: kindOf(found),
    size: found.size,
    id: found.ino,
    accessedMs: found.atimeMs,
    modifiedMs: found.mtimeMs,
    changedMs: found.ctimeMs,
  };
}

function kindOf(
  entry: Pick<Stats, "isFile" | "isDirectory" | "isSymbolicLink">,
): EntryKind {
  if (entry.isSymbolicLink()) return "link";
  if (entry.isFile()) return "file";
  return entry.isDirectory() ? "directory" : "other";
}

function checkDirectory(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) throw systemError("ELOOP", "it is a link");
  if (!found.isDirectory()) {
    throw systemError("ENOTDIR", "it is not a directory");
  }
}

function checkName(name: string): void {
  const isPlain = name !== "" && name !== "." && name !== ".." &&
    !/[/\0]/.test(name) &&
    !(process.platform === "win32" && WINDOWS_NAME.test(name));
  if (!isPlain) throw systemError("EINVAL", "it is no name for a file");
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
