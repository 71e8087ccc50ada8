/**
 * A file in the cache directory that is being filled and is no entry yet.
 *
 * @module
 */

import type { Files, FileSink } from "../platform/types.ts";
import { keptPath } from "./partials.ts";

/** A file being filled. */
export interface StagedFile {
  /** Where it is. */
  readonly path: string;
  /** Adds bytes. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Throws away what was written and starts again. */
  readonly restart: () => Promise<void>;
  /** Syncs and closes it. A second call does nothing. */
  readonly finish: () => Promise<void>;
  /** Closes and removes it. Never rejects. */
  readonly discard: () => Promise<void>;
  /** Closes it and leaves it for a later download to go on from. Never rejects. */
  readonly keep: () => Promise<void>;
}

/** Creates the file, which must not exist yet. */
export async function createStagedFile(
  path: string,
  files: Files,
): Promise<StagedFile> {
  let sink: FileSink = await files.create(path);
  let finished = false;
  return {
    path,
    write: (chunk) => sink.write(chunk),
    async restart() {
      await sink.close();
      await files.remove(path);
      sink = await files.create(path);
      finished = false;
    },
    async finish() {
      if (finished) return;
      finished = true;
      try {
        await sink.sync();
      } finally {
        await sink.close();
      }
    },
    async discard() {
      try {
        await sink.close();
        await files.remove(path);
      } catch {
        // The directory is gone or read-only: nothing more can be done, and the error that
        // led here is the one to report. `removeLeftovers` takes what remains.
      }
    },
    async keep() {
      try {
        await sink.close();
        await files.rename(path, keptPath(path));
      } catch {
        // Then it is not kept, or under its old name: as after a kill.
      }
    },
  };
}
