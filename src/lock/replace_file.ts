/**
 * Replacing a file under a temporary name that is known beforehand, so that
 * permissions can be given for just the two.
 *
 * The temporary is also what keeps processes apart, as `index.lock` does for
 * git: who finds it there waits, for writing takes milliseconds. What a killed
 * process left behind is not taken away, since nobody can tell it from one
 * that is being written; the error says which file to remove.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Clock, Files } from "../platform/types.ts";

/** Three orders of magnitude above the time that a write takes. */
const PATIENCE_MS = 5_000;
/** Between two looks at a temporary that another process writes. */
const POLL_MS = 10;

/** Options of {@linkcode replaceFile}. */
export interface ReplaceFileOptions {
  /** The disk. */
  readonly files: Files;
  /** Time and chance. */
  readonly clock: Clock;
  /** Stops the wait for another process. */
  readonly signal?: AbortSignal | undefined;
}

/** Everything that {@linkcode replaceFile} writes to for a path. */
export async function replacedPaths(
  path: string,
  files: Files,
): Promise<readonly [target: string, temporary: string]> {
  const target = await files.realPath(path);
  return [target, `${target}.tmp`];
}

/**
 * Gives a file other content, or makes it: all of it, or on any failure
 * nothing. Follows links; who may read and write the file stays as it is.
 *
 * @throws {ForgeError} `FILE_BUSY` when another process does not end to write
 * it; otherwise what the disk says.
 */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  options: ReplaceFileOptions,
): Promise<void> {
  const { files, clock, signal } = options;
  const [target, temporary] = await replacedPaths(path, files);
  const until = clock.now() + PATIENCE_MS;
  while (true) {
    signal?.throwIfAborted();
    try {
      return await write({ target, temporary }, content, files);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    }
    if (clock.now() > until) throw inTheWay(path, temporary);
    await clock.sleep(POLL_MS + clock.random() * POLL_MS, { signal });
  }
}

function inTheWay(path: string, temporary: string): ForgeError {
  return new ForgeError(
    "FILE_BUSY",
    `Cannot write "${path}": another process has been writing it for ${
      PATIENCE_MS / 1000
    } s`,
    { hint: `If there is none, one was killed: remove "${temporary}"` },
  );
}

async function write(
  paths: { readonly target: string; readonly temporary: string },
  content: Uint8Array,
  files: Files,
): Promise<void> {
  const { target, temporary } = paths;
  if (await files.stat(target) !== undefined) {
    return await files.replace(target, content, { temporary });
  }
  const sink = await files.create(temporary);
  try {
    try {
      await sink.write(content);
      await sink.sync();
    } finally {
      await sink.close();
    }
    await files.rename(temporary, target);
  } catch (error) {
    await files.remove(temporary);
    throw error;
  }
}
