/**
 * How much an extension keeps in its directory.
 *
 * @module
 */

import type { EntryStat, SyncDirectory } from "../../platform/types.ts";
import type { ExtensionLimits } from "../limits.ts";
import { Errno, WasiFailure } from "./errno.ts";

/** Limits of a directory. */
export type DirectoryLimits = Pick<
  ExtensionLimits,
  "directoryBytes" | "fileBytes" | "directoryEntries"
>;

/** What an entry costs on the disk beside its content: a block. */
const ENTRY_BYTES = 4096;

/**
 * Counts what is there, when it is first needed, and then what is written.
 * What other processes do meanwhile is not seen.
 */
export class Quota {
  readonly #directory: SyncDirectory;
  readonly #limits: DirectoryLimits;
  #counted: { bytes: number; entries: number } | undefined;
  /** Files without a name that are open: what they hold is on the disk until they are closed. */
  readonly #nameless = new Set<number>();

  /** Counts nothing yet. */
  constructor(directory: SyncDirectory, limits: DirectoryLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Before a file gets another size; smaller ones are always fine. */
  resize(from: number, to: number): void {
    if (to > from) {
      if (to > this.#limits.fileBytes) throw new WasiFailure(Errno.FBIG);
      const { bytes } = this.#used();
      if (bytes + to - from > this.#limits.directoryBytes) {
        throw new WasiFailure(Errno.DQUOT);
      }
    }
    this.#used().bytes += to - from;
  }

  /** Before an entry is made. */
  add(): void {
    const used = this.#used();
    const { directoryEntries, directoryBytes } = this.#limits;
    if (
      used.entries >= directoryEntries ||
      used.bytes + ENTRY_BYTES > directoryBytes
    ) throw new WasiFailure(Errno.DQUOT);
    used.entries++;
    used.bytes += ENTRY_BYTES;
  }

  /** After an entry of some size was removed, or could not be made. */
  remove(bytes: number): void {
    const used = this.#used();
    used.entries--;
    used.bytes -= ENTRY_BYTES + bytes;
  }

  /** Before something is removed, which must have been counted. */
  count(): void {
    this.#used();
  }

  /** After the name of an open file was removed. */
  removeName(id: number): void {
    this.#nameless.add(id);
    this.remove(0);
  }

  /** After a file was closed that nobody else has open. */
  closed({ id, size }: Pick<EntryStat, "id" | "size">): void {
    if (this.#nameless.delete(id)) this.#used().bytes -= size;
  }

  #used(): { bytes: number; entries: number } {
    return this.#counted ??= this.#count();
  }

  #count(): { bytes: number; entries: number } {
    const total = { bytes: 0, entries: 0 };
    const waiting: (readonly string[])[] = [[]];
    // Far beyond the limit it does not matter how far.
    while (total.entries <= 2 * this.#limits.directoryEntries) {
      const path = waiting.pop();
      if (path === undefined) break;
      for (const { name, kind } of this.#directory.list(path)) {
        const entry = [...path, name];
        if (kind === "directory") waiting.push(entry);
        total.entries++;
        total.bytes += ENTRY_BYTES +
          (kind === "file" ? this.#directory.stat(entry)?.size ?? 0 : 0);
      }
    }
    return total;
  }
}
