/**
 * The frames of zstd content (RFC 8878, section 3.1), seen from outside.
 *
 * A frame announces how much memory reading it takes. This walks along without
 * unpacking anything, so that a frame that wants too much, or an end in the
 * middle of one, is noticed before a decoder is asked.
 *
 * @module
 */

/** Memory that a frame may want; what `zstd` and its library refuse to exceed unasked (2^27). */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** Follows content through its frames. */
export class ZstdFrames {
  readonly #walk: Generator<number, never, Uint8Array>;
  /** How many bytes the walk wants next; negative ones it only passes over. */
  #wanted: number;
  readonly #held: number[] = [];
  #atFrameStart = true;

  /** Starts before the first frame. */
  constructor() {
    this.#walk = this.#frames();
    this.#wanted = this.#walk.next().value;
  }

  /** Whether what was pushed so far ends where a frame ends. */
  get isComplete(): boolean {
    return this.#atFrameStart && this.#held.length === 0;
  }

  /**
   * Follows more of the content.
   *
   * @throws {Error} When it is not zstd, or wants too much memory.
   */
  push(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.byteLength) {
      if (this.#wanted < 0) {
        const passed = Math.min(-this.#wanted, bytes.byteLength - offset);
        offset += passed;
        this.#wanted += passed;
      } else {
        this.#held.push(bytes[offset] ?? 0);
        offset += 1;
      }
      while (this.#wanted === 0 || this.#held.length === this.#wanted) {
        const taken = new Uint8Array(this.#held.splice(0));
        this.#wanted = this.#walk.next(taken).value;
      }
    }
  }

  /** Yields how many bytes it wants to see, or minus how many it wants to pass over. */
  *#frames(): Generator<number, never, Uint8Array> {
    for (;;) {
      this.#atFrameStart = true;
      const magic = word(yield 4);
      this.#atFrameStart = false;
      if (((magic ^ SKIPPABLE_MAGIC) >>> 4) === 0) {
        yield -word(yield 4);
      } else if (magic === FRAME_MAGIC) {
        yield* this.#frame();
      } else throw new Error("it is not zstd");
    }
  }

  *#frame(): Generator<number, void, Uint8Array> {
    const descriptor = (yield 1)[0] ?? 0;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const window = isSingleSegment ? 0 : windowSize((yield 1)[0] ?? 0);
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    if (dictionaryBytes > 0) yield dictionaryBytes;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
    const size = sizeBytes > 0 ? number(yield sizeBytes) : 0;
    const wanted = isSingleSegment ? size : window;
    if (wanted > MAX_WINDOW_BYTES) {
      throw new Error(`it wants a window of ${wanted} bytes`);
    }
    for (let isLast = false; !isLast;) {
      const header = number(yield BLOCK_HEADER_BYTES);
      isLast = (header & 1) === 1;
      const type = (header >> 1) & 3;
      if (type === RESERVED_BLOCK) throw new Error("it has a block of no type");
      yield -(type === RLE_BLOCK ? 1 : header >> 3);
    }
    if ((descriptor & 4) !== 0) yield -CHECKSUM_BYTES;
  }
}

/** RFC 8878, 3.1.1.1.2: an exponent and a mantissa. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function number(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function word(bytes: Uint8Array): number {
  return number(bytes) >>> 0;
}
