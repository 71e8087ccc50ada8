/**
 * Opening a file that nobody else has a way to: no link, no second name, no
 * device or pipe.
 *
 * @module
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  type Stats,
} from "node:fs";

/** How {@linkcode openOwnFile} opens. */
export interface OpenOwnFileOptions {
  /** Whether it may be written. */
  readonly write: boolean;
  /** Makes the file where there is none. */
  readonly create?: boolean;
  /** Makes the file, and fails where there is one. */
  readonly exclusive?: boolean;
}

/**
 * Opens a file; changes nothing in one that is there.
 *
 * The name is looked at before and after: not every runtime has a way to open
 * that does not follow links, and a name may change its meaning in between.
 *
 * @returns Its descriptor.
 * @throws {Error} With `code`, as the system names failures: `ELOOP` for a
 * link, `EPERM` for a file with several names, `EACCES` for other things.
 */
export function openOwnFile(path: string, options: OpenOwnFileOptions): number {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before !== undefined) checkOwn(before);
  const { write, create = false, exclusive = false } = options;
  const descriptor = openSync(
    path,
    (write ? constants.O_RDWR : constants.O_RDONLY) |
      (create || exclusive ? constants.O_CREAT : 0) |
      (exclusive ? constants.O_EXCL : 0) |
      // Neither is on Windows. Without the second, a pipe waits for its other end.
      (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  );
  try {
    const opened = fstatSync(descriptor);
    checkOwn(opened);
    const named = lstatSync(path);
    if (named.ino !== opened.ino || named.dev !== opened.dev) {
      throw systemError("ELOOP", "the name leads to another file");
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Refuses what is no file of its own. */
export function checkOwn(found: Stats): void {
  if (found.isSymbolicLink()) throw systemError("ELOOP", "it is a link");
  if (found.isDirectory()) throw systemError("EISDIR", "it is a directory");
  if (!found.isFile()) {
    throw systemError("EACCES", "it is a device, pipe or socket");
  }
  if (found.nlink > 1) {
    throw systemError("EPERM", "the file has another name as well");
  }
}

/** An error as the system's calls give it. */
export function systemError(code: string, reason: string): Error {
  return Object.assign(new Error(`${code}: ${reason}`), { code });
}
