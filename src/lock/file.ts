/**
 * The lock file on the disk.
 *
 * @module
 */

import { basename } from "../path.ts";
import { ForgeError } from "../errors.ts";
import type { Clock, Files } from "../platform/types.ts";
import { formatLock } from "./format.ts";
import type { Lock } from "./model.ts";
import { MAX_LOCK_BYTES, parseLock } from "./parse.ts";
import { changeText } from "./replace_file.ts";

/**
 * Reads a lock file.
 *
 * @param path Its path, as `lockPathOf` gives it.
 * @param files The disk.
 * @returns `undefined` when there is none.
 * @throws {ForgeError} `LOCK_UNREADABLE`, and what `parseLock` throws.
 *
 * @example
 * ```ts
 * import { platform, readLock } from "@forgepoint/forge";
 *
 * await readLock("forge.lock", platform.files); // undefined: there is none
 * ```
 */
export async function readLock(
  path: string,
  files: Files,
): Promise<Lock | undefined> {
  const text = await readText(path, files);
  return text === undefined
    ? undefined
    : parseLock(text, { fileName: basename(path) });
}

async function readText(
  path: string,
  files: Files,
): Promise<string | undefined> {
  try {
    const stat = await files.stat(path);
    if (stat === undefined) return undefined;
    if (stat.kind !== "file") throw new Error("it is not a file");
    if (stat.size > MAX_LOCK_BYTES) {
      throw new Error(`it has ${stat.size} bytes`);
    }
    const bytes = await files.read(path);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (cause) {
    const reason = cause instanceof TypeError
      ? "it is not UTF-8 text"
      : messageOf(cause);
    throw new ForgeError(
      "LOCK_UNREADABLE",
      `Cannot read the lock file "${path}": ${reason}`,
      { hint: "Make it a readable file, or remove it", cause },
    );
  }
}

/** Options of {@linkcode writeLock}. */
export interface WriteLockOptions {
  /** The disk. */
  readonly files: Files;
  /** Time and chance, for the wait while another process writes. */
  readonly clock: Clock;
  /** Stops that wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a lock file: all of it, or on any failure none.
 *
 * @param path Its path.
 * @param lock What it is to say.
 * @param options Disk and clock.
 * @returns Whether anything changed; the same text is not written again.
 * @throws {ForgeError} `LOCK_UNWRITABLE`.
 *
 * @example
 * ```ts
 * import {
 *   lockProject,
 *   openProject,
 *   platform,
 *   writeLock,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const { lock } = await lockProject(project, { platform });
 * if (lock !== undefined) {
 *   await writeLock("copy.lock", lock, platform); // true
 * }
 * ```
 */
export async function writeLock(
  path: string,
  lock: Lock,
  options: WriteLockOptions,
): Promise<boolean> {
  return await write(path, () => formatLock(lock), options);
}

/**
 * Makes another lock of the one in a file, as {@linkcode writeLock} writes it;
 * what other processes write at the same moment is kept.
 *
 * @param path Its path.
 * @param change Gives what it is to say, from what it says; `undefined` where
 * there is no file.
 * @param options Disk and clock.
 * @returns Whether anything changed.
 * @throws {ForgeError} `LOCK_UNWRITABLE`, and what `parseLock` throws.
 */
export async function updateLock(
  path: string,
  change: (lock: Lock | undefined) => Lock,
  options: WriteLockOptions,
): Promise<boolean> {
  const fileName = basename(path);
  return await write(path, (text) => {
    const lock = text === undefined ? undefined : parseLock(text, { fileName });
    return formatLock(change(lock));
  }, options);
}

async function write(
  path: string,
  change: (text: string | undefined) => string,
  { files, clock, signal }: WriteLockOptions,
): Promise<boolean> {
  const read = () => readText(path, files);
  try {
    return await changeText(path, change, { files, clock, signal, read });
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ForgeError) throw cause;
    throw new ForgeError(
      "LOCK_UNWRITABLE",
      `Cannot write the lock file "${path}": ${messageOf(cause)}`,
      {
        hint:
          "Free disk space, or give this user write access to the file and its directory",
        cause,
      },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
