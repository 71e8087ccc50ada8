/**
 * The memory of a guest, as the host reads and writes it.
 *
 * @module
 */

import { AbiFault } from "./fault.ts";

/** What a guest exports for the host to pass data. */
export interface GuestMemoryOptions {
  /** Its memory. */
  readonly memory: WebAssembly.Memory;
  /** Its allocator, which not every guest needs to have. */
  readonly realloc?: Realloc | undefined;
}

/** `cabi_realloc`: old pointer, old size, alignment, new size. */
export type Realloc = (
  pointer: number,
  size: number,
  align: number,
  newSize: number,
) => number;

/**
 * Reads and writes one guest's memory.
 *
 * Nothing that the guest says is believed: each pointer and each length is
 * checked before the memory is touched. Pointers go in as the signed numbers
 * that WASM passes, and are unsigned within.
 */
export class GuestMemory {
  /** All of the memory. Stale once the guest has run: {@linkcode refresh}. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same for numbers. */
  view: DataView<ArrayBuffer>;
  /** Whether the guest may call the host: not while the host allocates or frees (CanonicalABI.md, `may_leave`). */
  mayLeave = true;
  /** Length of the sequence that was written last, in elements. */
  written = 0;

  readonly #memory: WebAssembly.Memory;
  readonly #realloc: Realloc | undefined;
  /** Bytes that one value may still be read from. */
  #budget = 0;

  /** Starts with what a guest exports. */
  constructor({ memory, realloc }: GuestMemoryOptions) {
    this.#memory = memory;
    this.#realloc = realloc;
    this.bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.view = new DataView(memory.buffer as ArrayBuffer);
  }

  /** Looks at the memory anew; to be called after the guest has run. */
  refresh(): void {
    // A memory that has grown leaves its old buffer empty.
    if (this.bytes.length !== 0) return;
    this.bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
    this.view = new DataView(this.#memory.buffer as ArrayBuffer);
  }

  /** Refuses a call of the host at a time when there must be none. */
  checkMayLeave(): void {
    if (this.mayLeave) return;
    throw new AbiFault("it calls the host while the host allocates or frees");
  }

  /**
   * Begins to read one value. All of its parts together may not be longer than
   * the memory, as they are when none of them overlap: otherwise a list of a
   * million strings that are all the same megabyte would swell the host.
   */
  beginRead(): void {
    this.refresh();
    this.#budget = this.bytes.length;
  }

  /**
   * Checks that so many bytes may be read or written there.
   *
   * @param what What is there, for the message.
   * @returns The pointer, unsigned.
   */
  check(
    pointer: number,
    { size, align, what }: {
      readonly size: number;
      readonly align: number;
      readonly what: string;
    },
  ): number {
    const start = pointer >>> 0;
    if (start % align !== 0) {
      throw new AbiFault(`${what} at ${start} is not aligned to ${align}`);
    }
    if (start + size > this.bytes.length) {
      throw new AbiFault(
        `${what} of ${size} bytes at ${start} is out of its memory of ${this.bytes.length}`,
      );
    }
    return start;
  }

  /** As {@linkcode check}, for what a list or string refers to while a value is read. */
  checkPart(
    pointer: number,
    part: {
      readonly size: number;
      readonly align: number;
      readonly what: string;
    },
  ): number {
    const start = this.check(pointer, part);
    this.#budget -= part.size;
    if (this.#budget < 0) {
      throw new AbiFault(
        `${part.what} of ${part.size} bytes at ${start} overlaps others: together they are larger than its memory`,
      );
    }
    return start;
  }

  /**
   * Lets the guest allocate.
   *
   * @returns A pointer that is aligned, with so much memory behind it.
   */
  allocate(size: number, align: number): number {
    // Nothing to write: any pointer will do that is aligned and not null.
    if (size === 0) return align;
    if (this.#realloc === undefined) {
      throw new AbiFault("it exports no allocator");
    }
    this.mayLeave = false;
    const pointer = this.#realloc(0, 0, align, size);
    this.mayLeave = true;
    this.refresh();
    return this.check(pointer, { size, align, what: "an allocation" });
  }
}
