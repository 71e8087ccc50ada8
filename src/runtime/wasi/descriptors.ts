/**
 * The descriptors of one module: numbers for streams, directories and files.
 *
 * @module
 */

import type { SyncFile } from "../../platform/types.ts";
import type { OutputLines } from "../output_lines.ts";
import { Errno, WasiFailure } from "./errno.ts";

/** What a descriptor stands for. */
export type Descriptor =
  | { readonly kind: "input" }
  | { readonly kind: "output"; readonly lines: OutputLines }
  | DirectoryDescriptor
  | FileDescriptor;

/** A directory. */
export interface DirectoryDescriptor {
  /** What it is. */
  readonly kind: "directory";
  /** Names on the way to it, from the top. */
  readonly path: readonly string[];
  /** Its name for the module, where it was given to it. */
  readonly preopen?: string;
}

/** A file. */
export interface FileDescriptor {
  /** What it is. */
  readonly kind: "file";
  /** The file. */
  readonly file: SyncFile;
  /** Names on the way to it when it was opened. */
  readonly path: readonly string[];
  /** Where reading and writing goes on. */
  position: number;
  /** Flags of the descriptor: append, sync. */
  flags: number;
  /** Whether it may be read. */
  readonly reads: boolean;
  /** Whether it may be written. */
  readonly writes: boolean;
}

/** Descriptors of one module at a time. */
export const MAX_DESCRIPTORS = 256;

/** The descriptors of one module. */
export class Descriptors {
  readonly #open = new Map<number, Descriptor>();

  /** Starts with some, numbered from 0. */
  constructor(first: readonly Descriptor[]) {
    first.forEach((descriptor, i) => this.#open.set(i, descriptor));
  }

  /** Finds one. */
  get(number: number): Descriptor {
    const found = this.#open.get(number);
    if (found === undefined) throw new WasiFailure(Errno.BADF);
    return found;
  }

  /** Finds a file. */
  file(number: number): FileDescriptor {
    const found = this.get(number);
    if (found.kind === "file") return found;
    throw new WasiFailure(
      found.kind === "directory" ? Errno.ISDIR : Errno.SPIPE,
    );
  }

  /** Finds a directory. */
  directory(number: number): DirectoryDescriptor {
    const found = this.get(number);
    if (found.kind === "directory") return found;
    throw new WasiFailure(Errno.NOTDIR);
  }

  /** Whether one of them is this file, whatever it is called. */
  hasFile(id: number): boolean {
    return [...this.#open.values()].some((each) =>
      each.kind === "file" && each.file.stat().id === id
    );
  }

  /** Fails when there is no number left. */
  requireRoom(): void {
    if (this.#open.size >= MAX_DESCRIPTORS) throw new WasiFailure(Errno.MFILE);
  }

  /** Gives one the smallest free number. */
  add(descriptor: Descriptor): number {
    let number = 0;
    while (this.#open.has(number)) number++;
    this.#open.set(number, descriptor);
    return number;
  }

  /** Closes one. */
  close(number: number): void {
    const found = this.get(number);
    this.#open.delete(number);
    if (found.kind === "file") found.file.close();
  }

  /** Gives one the number of another, which is closed. */
  renumber(from: number, to: number): void {
    const moved = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, moved);
  }

  /** Closes all of them; does not fail. */
  closeAll(): void {
    for (const number of [...this.#open.keys()]) {
      try {
        this.close(number);
      } catch {
        // Nobody is left who could do anything about it.
      }
    }
  }
}
