/**
 * Paths as modules write them, turned into names from the top of their
 * directory. A path that leaves where it starts has no names.
 *
 * @module
 */

import type { EntryStat, SyncDirectory } from "../../platform/types.ts";
import { Errno, WasiFailure } from "./errno.ts";

/** Bytes of a path: what Linux takes. */
const MAX_PATH_LENGTH = 4096;

/** A path, resolved. */
export interface ResolvedPath {
  /** Names from the top of the directory of the extension. */
  readonly names: readonly string[];
  /** Whether it can only mean a directory: it ends in `/`, `.` or `..`. */
  readonly isDirectory: boolean;
}

/**
 * Resolves a path that starts at a directory.
 *
 * @param directory The directory of the extension.
 * @param base Names of the directory at which the path starts.
 * @throws {WasiFailure} `NOTCAPABLE` for a path that leads outside of `base`.
 */
export function resolvePath(
  directory: SyncDirectory,
  base: readonly string[],
  path: string,
): ResolvedPath {
  if (path === "") throw new WasiFailure(Errno.NOENT);
  if (path.length > MAX_PATH_LENGTH) throw new WasiFailure(Errno.NAMETOOLONG);
  if (path.includes("\0")) throw new WasiFailure(Errno.INVAL);
  if (path.startsWith("/")) throw new WasiFailure(Errno.NOTCAPABLE);
  const names = [...base];
  const parts = path.split("/");
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part !== "..") {
      names.push(part);
      continue;
    }
    if (names.length === base.length) throw new WasiFailure(Errno.NOTCAPABLE);
    // "a/.." is a way only where "a" is a directory, and no link to one.
    requireDirectory(directory.stat(names));
    names.pop();
  }
  const last = parts.at(-1)!;
  return { names, isDirectory: last === "" || last === "." || last === ".." };
}

/** Fails unless an entry is a directory. */
export function requireDirectory(found: EntryStat | undefined): void {
  if (found === undefined) throw new WasiFailure(Errno.NOENT);
  if (found.kind === "link") throw new WasiFailure(Errno.LOOP);
  if (found.kind !== "directory") throw new WasiFailure(Errno.NOTDIR);
}
