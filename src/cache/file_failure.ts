/**
 * What the system said when the cache could not be read or written, in words.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "a part of the path is missing, or a link leads nowhere",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file, or a link leads nowhere",
  EISDIR: "a directory has the name of one of its files",
  EMFILE: "too many open files",
};

const WRITE_HINTS: Readonly<Record<string, string>> = {
  ENOENT:
    "Run the command again if the cache was cleared meanwhile, or set cache_dir in forge.ron to a directory that is there",
  ENOSPC: "Free some space, or set cache_dir in forge.ron to a larger disk",
};

/** The system's name for an error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** The error for a cache that cannot be written. */
export function unwritable(directory: string, cause: unknown): ForgeError {
  return new ForgeError(
    "CACHE_UNWRITABLE",
    `Cannot write to the cache "${directory}": ${reason(cause)}`,
    {
      hint: WRITE_HINTS[errorCode(cause) ?? ""] ??
        "Make the directory writable, or set cache_dir in forge.ron to one that is",
      cause,
    },
  );
}

/** The error for a cache that cannot be read. */
export function unreadable(directory: string, cause: unknown): ForgeError {
  return new ForgeError(
    "CACHE_UNREADABLE",
    `Cannot read the cache "${directory}": ${reason(cause)}`,
    {
      hint:
        "Make the directory readable, or set cache_dir in forge.ron to one that is",
      cause,
    },
  );
}

function reason(cause: unknown): string {
  const code = errorCode(cause);
  if (code !== undefined && REASONS[code] !== undefined) return REASONS[code];
  return cause instanceof Error ? cause.message : String(cause);
}
