/**
 * What a cache of modules is to whoever uses it.
 *
 * @module
 */

import type { Digest } from "../oci/mod.ts";
import type { CacheMetadata } from "./metadata.ts";
import type { Remains } from "./partials.ts";
import type { StagedFile } from "./staged_file.ts";

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
