/**
 * The bytes of an installed module, checked as they are about to be compiled.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { digestBytes, digestHex } from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import { unreadableFile } from "./file_failure.ts";
import type { ReadyOutcome } from "./outcome.ts";

/** Options of {@linkcode readModule}. */
export interface ReadModuleOptions {
  /** The disk. */
  readonly files: Files;
  /** Stops the read. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads an installed module once, and checks those very bytes.
 *
 * Between install and load anyone can change a file. What this returns is what
 * the install verified, or it throws; whoever compiles it does not read the
 * disk again.
 *
 * @throws {ForgeError} `CACHE_CORRUPT` when the bytes are not the ones that
 * were installed, `FILE_UNREADABLE` when they cannot be read.
 *
 * @example
 * ```ts
 * import {
 *   installProject,
 *   openProject,
 *   platform,
 *   readModule,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const [notes] = await installProject(project, { platform });
 * if (notes?.status === "pulled" || notes?.status === "cached") {
 *   (await readModule(notes, platform)).byteLength;
 * }
 * ```
 */
export async function readModule(
  outcome: ReadyOutcome,
  options: ReadModuleOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { files, signal } = options;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await files.read(outcome.path, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreadableFile(outcome.name, outcome.path, cause);
  }
  if (!outcome.verified) return bytes;
  const found = digestHex(await digestBytes(bytes));
  if (found === outcome.sha256) return bytes;
  throw new ForgeError(
    "CACHE_CORRUPT",
    `Cannot load ${outcome.name}: "${outcome.path}" changed after it was verified, expected sha256 ${outcome.sha256}, found ${found}`,
    { hint: "Find out which program writes there, then run again" },
  );
}
