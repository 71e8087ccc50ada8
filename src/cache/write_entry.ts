/**
 * How an entry of a cache directory changes: both files are written and synced
 * under temporary names; then, under a short lock, the old metadata goes away,
 * the module is renamed into place, and the metadata after it.
 *
 * @module
 */

import { join } from "../path.ts";
import type { Clock, Files } from "../platform/types.ts";
import { lockPath, withEntryLock } from "./entry_lock.ts";
import { type CacheMetadata, formatMetadata } from "./metadata.ts";
import { entryPaths } from "./read_entry.ts";
import type { StagedFile } from "./staged_file.ts";
import { temporaryName } from "./temporary_name.ts";

/** What entries are written with. */
interface Outside {
  readonly files: Files;
  readonly clock: Clock;
}

/** What an entry is made of. */
export interface NewEntry {
  /** Its module. */
  readonly staged: StagedFile;
  /** What is known of it. */
  readonly metadata: CacheMetadata;
  /** Its signatures, if some are to be kept. */
  readonly signatures: string | undefined;
}

/** Makes a staged module an entry; when that fails nothing of it is left. */
export async function writeEntry(
  directory: string,
  key: string,
  { staged, metadata, signatures, ...outside }: NewEntry & Outside,
): Promise<void> {
  const { files, clock } = outside;
  const target = entryPaths(directory, key);
  const temporary = join(directory, temporaryName(clock, "tmp"));
  const signed = join(directory, temporaryName(clock, "tmp"));
  try {
    await staged.finish();
    await writeSynced(files, temporary, formatMetadata(metadata));
    if (signatures !== undefined) {
      await writeSynced(files, signed, signatures);
    }
    await withEntryLock(lockPath(directory, key), outside, async () => {
      await files.remove(target.metadata);
      await files.remove(target.signatures);
      await files.rename(staged.path, target.wasm);
      if (signatures !== undefined) {
        await files.rename(signed, target.signatures);
      }
      await files.rename(temporary, target.metadata);
    });
    await files.syncDirectory(directory);
  } catch (error) {
    await staged.discard();
    for (const path of [temporary, signed]) {
      await files.remove(path).catch(() => {
        // The disk already refused; the first error says more.
      });
    }
    throw error;
  }
}

/** Removes an entry, the metadata first, so that nobody sees half of it. */
export async function removeEntry(
  directory: string,
  key: string,
  outside: Outside,
): Promise<void> {
  const { files } = outside;
  const target = entryPaths(directory, key);
  await withEntryLock(lockPath(directory, key), outside, async () => {
    await files.remove(target.metadata);
    await files.remove(target.signatures);
    await files.remove(target.wasm);
  });
}

async function writeSynced(
  files: Files,
  path: string,
  text: string,
): Promise<void> {
  const sink = await files.create(path);
  try {
    await sink.write(new TextEncoder().encode(text));
    await sink.sync();
  } finally {
    await sink.close();
  }
}
