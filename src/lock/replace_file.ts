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
/** Changes by others, one right after the other, that nobody makes by hand. */
const MAX_CHANGES = 20;

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
  await inTurn(path, options, (paths) => write(paths, content, options.files));
}

/**
 * Gives failures of the disk the name of the file, and what to do.
 *
 * @throws {ForgeError} `FILE_UNWRITABLE`, or what `work` throws of its own.
 */
export async function writingFile<T>(
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as { code?: unknown } | null)?.code;
    if (cause instanceof ForgeError || typeof code !== "string") throw cause;
    const reason = cause instanceof Error ? cause.message : code;
    throw new ForgeError(
      "FILE_UNWRITABLE",
      `Cannot write "${path}": ${reason}`,
      {
        hint:
          "Free disk space, or give this user write access to the file and its directory",
        cause,
      },
    );
  }
}

/** Options of {@linkcode changeText}. */
export interface ChangeTextOptions extends ReplaceFileOptions {
  /** Reads the file; `undefined` where there is none. */
  readonly read: () => Promise<string | undefined>;
}

/**
 * Makes another text of the one in a file. What others write into it at the
 * same moment is not lost: the change is made to theirs then.
 *
 * @param change Gives the text that is to be there; what it throws leaves the
 * file as it is.
 * @returns Whether anything changed.
 * @throws {ForgeError} `FILE_BUSY` when the file does not come to rest, or
 * another process does not end to write it; otherwise what the disk says.
 */
export async function changeText(
  path: string,
  change: (text: string | undefined) => string,
  { read, ...options }: ChangeTextOptions,
): Promise<boolean> {
  const encoder = new TextEncoder();
  for (let attempt = 0; attempt < MAX_CHANGES; attempt++) {
    const before = await read();
    const after = change(before);
    if (after === before) return false;
    const content = encoder.encode(after);
    const isDone = before === undefined
      ? await createFile(path, content, options)
      : await inTurn(
        path,
        options,
        ({ target, temporary }) =>
          options.files.replace(target, content, {
            temporary,
            expected: encoder.encode(before),
          }),
      );
    if (isDone) return true;
  }
  throw new ForgeError(
    "FILE_BUSY",
    `Cannot write "${path}": something else changes it all the time`,
    { hint: "Wait until nothing else writes it, then run the command again" },
  );
}

/**
 * Makes a file with this content, or nothing. What is there already stays as
 * it is, also when another process made it a moment ago.
 *
 * @returns Whether the file was made.
 * @throws {ForgeError} `FILE_BUSY` when another process does not end to write
 * it; otherwise what the disk says.
 */
export async function createFile(
  path: string,
  content: Uint8Array,
  options: ReplaceFileOptions,
): Promise<boolean> {
  const { files } = options;
  return await inTurn(path, options, async (paths) => {
    if (await files.stat(paths.target) !== undefined) return false;
    return await writeNew(paths, content, { files, isNewOnly: true });
  });
}

interface WrittenPaths {
  readonly target: string;
  readonly temporary: string;
}

/** Does it when no other process writes the same file. */
async function inTurn<T>(
  path: string,
  { files, clock, signal }: ReplaceFileOptions,
  work: (paths: WrittenPaths) => Promise<T>,
): Promise<T> {
  const [target, temporary] = await replacedPaths(path, files);
  const until = clock.now() + PATIENCE_MS;
  while (true) {
    signal?.throwIfAborted();
    try {
      return await work({ target, temporary });
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
  paths: WrittenPaths,
  content: Uint8Array,
  files: Files,
): Promise<void> {
  const { target, temporary } = paths;
  if (await files.stat(target) !== undefined) {
    await files.replace(target, content, { temporary });
    return;
  }
  await writeNew(paths, content, { files, isNewOnly: false });
}

/** Gives a new file its name when all of it is there. */
async function writeNew(
  { target, temporary }: WrittenPaths,
  content: Uint8Array,
  { files, isNewOnly }: { readonly files: Files; readonly isNewOnly: boolean },
): Promise<boolean> {
  const sink = await files.create(temporary);
  try {
    try {
      await sink.write(content);
      await sink.sync();
    } finally {
      await sink.close();
    }
    // Whoever had the temporary before may have made the file meanwhile.
    if (isNewOnly && await files.stat(target) !== undefined) {
      await files.remove(temporary);
      return false;
    }
    await files.rename(temporary, target);
    return true;
  } catch (error) {
    await files.remove(temporary);
    throw error;
  }
}
