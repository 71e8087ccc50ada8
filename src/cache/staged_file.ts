/**
 * A file in the cache directory that is being filled and is no entry yet.
 *
 * @module
 */

import type { Files } from "../platform/types.ts";
import { keptPath } from "./partials.ts";
import { WriteBehind } from "./write_behind.ts";

/** A file being filled. */
export interface StagedFile {
  /** Where it is. */
  readonly path: string;
  /** Adds bytes; they are on the disk after `finish` or `keep`, at the latest. */
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
  let sink = new WriteBehind(await files.create(path));
  let finished = false;
  const discard = async () => {
    // The error that led here is the one to report. What cannot be closed as it
    // should, on a disk that is full, can be removed all the same.
    await sink.close().catch(() => {});
    // Where the directory is gone or read-only, nothing more can be done:
    // `removeLeftovers` takes what remains.
    await files.remove(path).catch(() => {});
  };
  return {
    path,
    write: (chunk) => sink.write(chunk),
    async restart() {
      await sink.close();
      await files.remove(path);
      sink = new WriteBehind(await files.create(path));
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
    discard,
    async keep() {
      try {
        await sink.flush();
      } catch {
        // A disk that takes no more must not stay full because of this.
        return await discard();
      }
      try {
        await sink.close();
        await files.rename(path, keptPath(path));
      } catch {
        // Then it is not kept, or under its old name: as after a kill.
      }
    },
  };
}
