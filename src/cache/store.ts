/**
 * The cache directory: flat, two files an entry, readable by the original
 * server, safe against crashes and other processes. Where signatures are
 * demanded a third file holds them; the original server does not look at it.
 *
 * How an entry changes: both files are written and synced under temporary
 * names; then, under a short lock, the old metadata goes away, the module is
 * renamed into place, and the metadata after it. An entry exists only when
 * both of these files do, so at every moment a reader sees the old entry, none, or the
 * new one. Two processes that fetch the same thing both succeed; the last one
 * stays.
 *
 * @module
 */

import { join } from "../path.ts";
import { ForgeError } from "../errors.ts";
import type { Clock, Files } from "../platform/types.ts";
import type { Cache } from "./cache.ts";
import { clearDirectory } from "./clear.ts";
import { errorCode, unreadable, unwritable } from "./file_failure.ts";
import { removeLeftovers } from "./leftovers.ts";
import { listRemains, partialName } from "./partials.ts";
import {
  entryPaths,
  listEntries,
  lookUp,
  readSignatures,
} from "./read_entry.ts";
import { createStagedFile, type StagedFile } from "./staged_file.ts";
import { chanceText, temporaryName } from "./temporary_name.ts";
import { removeEntry, writeEntry } from "./write_entry.ts";

/** Options of {@linkcode openCache}. */
export interface OpenCacheOptions {
  /** The disk. */
  readonly files: Files;
  /** Time and chance. */
  readonly clock: Clock;
}

/**
 * Opens a cache directory.
 *
 * @param directory Its path; it need not exist.
 * @param options The disk and the clock.
 *
 * @example
 * ```ts
 * import { openCache, platform } from "@forgepoint/forge";
 *
 * const cache = openCache(".forge/extensions/cache", platform);
 * for (const entry of await cache.list()) entry.metadata.image;
 * ```
 */
export function openCache(
  directory: string,
  options: OpenCacheOptions,
): Cache {
  const { files, clock } = options;
  let swept: Promise<number> | undefined;
  const sweepOnce = (): Promise<number> =>
    swept ??= removeLeftovers(directory, {
      files,
      clock,
      list: () => cache.list(),
    });

  const cache: Cache = {
    directory,

    async get(key, { verify }) {
      try {
        const look = () => lookUp(directory, key, { files, verify });
        const first = await look();
        // A writer may have swapped the entry while it was read: look once more.
        return first.kind === "damaged" ? await look() : first;
      } catch (error) {
        // Somebody has just cleared the cache.
        if (errorCode(error) === "ENOENT") return { kind: "miss" };
        throw unreadable(directory, error);
      }
    },

    async stage({ digest } = {}) {
      try {
        await files.makeDirectory(directory);
        await sweepOnce();
        const name = digest === undefined
          ? temporaryName(clock, "partial")
          : partialName(digest, chanceText(clock));
        const path = join(directory, name);
        return inCache(directory, await createStagedFile(path, files));
      } catch (error) {
        throw unwritable(directory, error);
      }
    },

    async remains(digest) {
      try {
        return await listRemains(directory, digest, options);
      } catch (error) {
        throw unreadable(directory, error);
      }
    },

    async signatures(key, { maxBytes }) {
      const path = entryPaths(directory, key).signatures;
      try {
        return await readSignatures(path, { files, maxBytes });
      } catch (error) {
        throw unreadable(directory, error);
      }
    },

    async commit(key, staged, metadata, { signatures } = {}) {
      const entry = { staged, metadata, signatures };
      try {
        await writeEntry(directory, key, { ...entry, files, clock });
        return { key, path: entryPaths(directory, key).wasm, metadata };
      } catch (error) {
        throw error instanceof ForgeError
          ? error
          : unwritable(directory, error);
      }
    },

    async list() {
      try {
        return await listEntries(directory, files);
      } catch (error) {
        throw unreadable(directory, error);
      }
    },

    async remove(key) {
      try {
        await removeEntry(directory, key, options);
      } catch (error) {
        throw unwritable(directory, error);
      }
    },

    async clear() {
      try {
        return await clearDirectory(directory, options);
      } catch (error) {
        throw unwritable(directory, error);
      }
    },

    async tidy() {
      try {
        await sweepOnce();
      } catch {
        // It is read-only, or not there: nobody asked for anything here.
      }
    },
  };
  return cache;
}

/** Gives the errors of a staged file the name of the cache. */
function inCache(directory: string, staged: StagedFile): StagedFile {
  const named = async (work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      throw unwritable(directory, error);
    }
  };
  return {
    path: staged.path,
    write: (chunk) => named(staged.write(chunk)),
    restart: () => named(staged.restart()),
    finish: () => named(staged.finish()),
    discard: () => staged.discard(),
    keep: () => staged.keep(),
  };
}
