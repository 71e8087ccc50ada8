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

import { join } from "@std/path";
import { ForgeError } from "../errors.ts";
import { type Digest, Digester, digestHex } from "../oci/mod.ts";
import type { Clock, Files } from "../platform/types.ts";
import { lockPath, withEntryLock } from "./entry_lock.ts";
import { errorCode, unreadable, unwritable } from "./file_failure.ts";
import {
  type CacheMetadata,
  formatMetadata,
  MAX_METADATA_BYTES,
  tryParseMetadata,
} from "./metadata.ts";
import { clearDirectory } from "./clear.ts";
import { removeLeftovers } from "./leftovers.ts";
import { listRemains, partialName, type Remains } from "./partials.ts";
import { createStagedFile, type StagedFile } from "./staged_file.ts";

/** Options of {@linkcode openCache}. */
export interface OpenCacheOptions {
  /** The disk. */
  readonly files: Files;
  /** Time and chance. */
  readonly clock: Clock;
}

/** One module in the cache. */
export interface CacheEntry {
  /** Its name in the directory. */
  readonly key: string;
  /** Where the module is, absolute if the directory is. */
  readonly path: string;
  /** What is known of it. */
  readonly metadata: CacheMetadata;
}

/** What a look into the cache found. */
export type CacheLookup =
  | { readonly kind: "hit"; readonly entry: CacheEntry }
  | { readonly kind: "miss" }
  | { readonly kind: "damaged"; readonly key: string; readonly reason: string };

/** A cache directory. Nothing is created before something is stored. */
export interface Cache {
  /** The directory. */
  readonly directory: string;
  /**
   * Looks for an entry.
   *
   * The size is always compared, the hash only when `verify` is set.
   *
   * @throws {ForgeError} `CACHE_UNREADABLE`.
   */
  readonly get: (
    key: string,
    options: { readonly verify: boolean },
  ) => Promise<CacheLookup>;
  /**
   * Starts a file in the cache directory that nobody takes for an entry.
   *
   * @throws {ForgeError} `CACHE_UNWRITABLE`.
   */
  readonly stage: (
    options?: {
      /** The blob that the file is to hold, so that a later download finds what is left of it. */
      readonly digest?: Digest;
    },
  ) => Promise<StagedFile>;
  /** What interrupted downloads left of a blob, the most first. */
  readonly remains: (digest: Digest) => Promise<readonly Remains[]>;
  /**
   * Makes a staged module an entry, replacing the one of that key.
   *
   * Signatures are kept with the entry as they are; without, an entry has
   * none. Whether they hold is for the reader to find out: one that was
   * committed and one that was slipped in look the same.
   *
   * @throws {ForgeError} `CACHE_UNWRITABLE`; then the old entry, if any, is
   * still there, or none is.
   */
  readonly commit: (
    key: string,
    staged: StagedFile,
    metadata: CacheMetadata,
    options?: { readonly signatures?: string | undefined },
  ) => Promise<CacheEntry>;
  /**
   * Reads what was kept of an entry's signatures.
   *
   * @returns `undefined` when there are none, or more bytes than `maxBytes`.
   * @throws {ForgeError} `CACHE_UNREADABLE`.
   */
  readonly signatures: (
    key: string,
    options: { readonly maxBytes: number },
  ) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** All entries that have both files, by key; damaged metadata counts as none. */
  readonly list: () => Promise<readonly CacheEntry[]>;
  /**
   * Removes an entry; nothing happens when there is none.
   *
   * @throws {ForgeError} `CACHE_UNWRITABLE`.
   */
  readonly remove: (key: string) => Promise<void>;
  /** Removes entries and everything left over; returns how many entries went. */
  readonly clear: () => Promise<number>;
  /**
   * Removes what processes left that were killed, as soon as nobody can use it
   * any more; looks once. A cache that cannot be written keeps it.
   */
  readonly tidy: () => Promise<void>;
}

const WASM_SUFFIX = ".wasm";
const METADATA_SUFFIX = ".metadata.json";
const SIGNATURES_SUFFIX = ".signatures.json";

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
  const paths = (key: string) => ({
    wasm: join(directory, key + WASM_SUFFIX),
    metadata: join(directory, key + METADATA_SUFFIX),
    signatures: join(directory, key + SIGNATURES_SUFFIX),
  });

  async function readEntry(key: string): Promise<CacheEntry | undefined> {
    const { wasm, metadata } = paths(key);
    const stat = await files.stat(metadata);
    if (stat?.kind !== "file" || stat.size > MAX_METADATA_BYTES) {
      return undefined;
    }
    let bytes: Uint8Array;
    try {
      bytes = await files.read(metadata);
    } catch (error) {
      // Another process may have taken it away between the two calls.
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
    const parsed = tryParseMetadata(new TextDecoder().decode(bytes));
    return parsed && { key, path: wasm, metadata: parsed };
  }

  async function look(key: string, verify: boolean): Promise<CacheLookup> {
    const entry = await readEntry(key);
    if (entry === undefined) return { kind: "miss" };
    const stat = await files.stat(entry.path);
    if (stat?.kind !== "file") return { kind: "miss" };
    const { sizeBytes, sha256 } = entry.metadata;
    if (stat.size !== sizeBytes) {
      const reason = `expected ${sizeBytes} bytes, found ${stat.size}`;
      return { kind: "damaged", key, reason };
    }
    if (verify) {
      const digest = await hashFile(files, entry.path, sizeBytes);
      if (digestHex(digest) !== sha256) {
        const reason = `expected sha256 ${sha256}, found ${digestHex(digest)}`;
        return { kind: "damaged", key, reason };
      }
    }
    return { kind: "hit", entry };
  }

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
        const first = await look(key, verify);
        // A writer may have swapped the entry while it was read: look once more.
        return first.kind === "damaged" ? await look(key, verify) : first;
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
      const path = paths(key).signatures;
      try {
        const stat = await files.stat(path);
        const isSound = stat?.kind === "file" && stat.size <= maxBytes;
        return isSound ? await files.read(path) : undefined;
      } catch (error) {
        // Another process may have taken it away between the two calls.
        if (errorCode(error) === "ENOENT") return undefined;
        throw unreadable(directory, error);
      }
    },

    async commit(key, staged, metadata, { signatures } = {}) {
      const target = paths(key);
      const temporary = join(directory, temporaryName(clock, "tmp"));
      const signed = join(directory, temporaryName(clock, "tmp"));
      try {
        await staged.finish();
        await writeSynced(files, temporary, formatMetadata(metadata));
        if (signatures !== undefined) {
          await writeSynced(files, signed, signatures);
        }
        await withEntryLock(lockPath(directory, key), options, async () => {
          await files.remove(target.metadata);
          await files.remove(target.signatures);
          await files.rename(staged.path, target.wasm);
          if (signatures !== undefined) {
            await files.rename(signed, target.signatures);
          }
          await files.rename(temporary, target.metadata);
        });
        await files.syncDirectory(directory);
        return { key, path: target.wasm, metadata };
      } catch (error) {
        await staged.discard();
        for (const path of [temporary, signed]) {
          await files.remove(path).catch(() => {
            // The disk already refused; the first error says more.
          });
        }
        throw error instanceof ForgeError
          ? error
          : unwritable(directory, error);
      }
    },

    async list() {
      try {
        const names = await files.list(directory) ?? [];
        const present = new Set(names);
        const keys = names
          .filter((name) => /^[0-9a-f]{64}\.metadata\.json$/.test(name))
          .map((name) => name.slice(0, 64))
          .filter((key) => present.has(key + WASM_SUFFIX))
          .sort();
        const entries = await Promise.all(keys.map(readEntry));
        return entries.filter((entry) => entry !== undefined);
      } catch (error) {
        throw unreadable(directory, error);
      }
    },

    async remove(key) {
      const target = paths(key);
      try {
        const lock = join(directory, `.forge-${key}.lock`);
        await withEntryLock(lock, { files, clock }, async () => {
          await files.remove(target.metadata);
          await files.remove(target.signatures);
          await files.remove(target.wasm);
        });
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

/** The SHA-256 of a file that has about so many bytes, read piece by piece. */
export async function hashFile(
  files: Files,
  path: string,
  expected: number,
): Promise<Digest> {
  const digester = new Digester();
  const options = { reuse: true, expected };
  for await (const chunk of files.readChunks(path, options)) {
    digester.update(chunk);
  }
  return digester.digest();
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

function temporaryName(clock: Clock, kind: string): string {
  return `.forge-${chanceText(clock)}.${kind}`;
}

/** About 95 bits of chance in letters and digits. */
function chanceText(clock: Clock): string {
  const part = () => Math.floor(clock.random() * 2 ** 48).toString(36);
  return part() + part();
}
