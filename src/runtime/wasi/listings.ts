/**
 * Listings of directories that are read piece by piece.
 *
 * @module
 */

import type { DirectoryDescriptor } from "./descriptors.ts";

/** An entry of a directory. */
export interface ListedEntry {
  /** Its name. */
  readonly name: string;
  /** What it is. */
  readonly type: number;
}

/** The entries of a directory, as they were when their listing began. */
export type Listing = readonly ListedEntry[];

/**
 * Entries that are kept in all: twice what an extension may have by default.
 * So who walks through all of its directories, each inside the one before,
 * goes on in each of them where it was, whatever it has removed meanwhile.
 */
const MAX_ENTRIES = 20_000;

/**
 * The listings that have begun and are not at their end. When there are too many
 * entries, those that were not asked for the longest are forgotten: a directory
 * is listed anew then, and goes on by position.
 */
export class Listings {
  /** The one that was asked for last is the last. */
  readonly #begun = new Map<DirectoryDescriptor, Listing>();
  #entries = 0;

  /** Gives the listing of a directory that has begun, or begins it. */
  of(directory: DirectoryDescriptor, begin: () => Listing): Listing {
    const listing = this.#begun.get(directory) ?? begin();
    this.drop(directory);
    this.#begun.set(directory, listing);
    this.#entries += listing.length;
    for (const other of this.#begun.keys()) {
      if (this.#entries <= MAX_ENTRIES || other === directory) break;
      this.drop(other);
    }
    return listing;
  }

  /** Forgets the listing of a directory, if there is one. */
  drop(directory: DirectoryDescriptor): void {
    this.#entries -= this.#begun.get(directory)?.length ?? 0;
    this.#begun.delete(directory);
  }
}
