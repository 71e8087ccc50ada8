/**
 * Errors for module files that cannot be read.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
};

/** The error for a file that exists, or did, and cannot be read. */
export function unreadableFile(
  name: string,
  path: string,
  cause: unknown,
): ForgeError {
  const code = (cause as { code?: unknown } | null)?.code;
  if (code === "ENOENT") return missingFile(name, path);
  const reason = typeof code === "string" && REASONS[code] !== undefined
    ? REASONS[code]
    : cause instanceof Error
    ? cause.message
    : String(cause);
  return new ForgeError(
    "FILE_UNREADABLE",
    `Cannot read "${path}" of ${name}: ${reason}`,
    { hint: "Make the file readable, or correct its path in forge.ron", cause },
  );
}

/** The error for a file that is not there. */
export function missingFile(name: string, path: string): ForgeError {
  return new ForgeError(
    "FILE_NOT_FOUND",
    `Cannot find "${path}" of ${name}`,
    {
      hint:
        "Build the extension, or correct its path in forge.ron: relative paths start at the directory of the configuration",
    },
  );
}
