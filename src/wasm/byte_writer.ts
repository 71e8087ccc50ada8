/**
 * Bytes of a module that is being written.
 *
 * @module
 */

/** Below this many bytes a loop copies faster than a call. */
const SHORT_COPY_BYTES = 32;

/** Bytes of an unsigned LEB128 number of 32 bits that is written at full length. */
const FULL_U32_BYTES = 5;

/** A buffer that grows as it is written to. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** Starts with room for so many bytes. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(capacity, 64));
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#length;
  }

  /** What has been written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Writes one byte. */
  byte(value: number): void {
    if (this.#length === this.#bytes.byteLength) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** Writes bytes `start` to `end` of others. */
  copy(source: ArrayLike<number>, start: number, end: number): void {
    const length = end - start;
    if (this.#length + length > this.#bytes.byteLength) this.#grow(length);
    if (length > SHORT_COPY_BYTES && source instanceof Uint8Array) {
      this.#bytes.set(source.subarray(start, end), this.#length);
    } else {
      for (let i = 0; i < length; i++) {
        this.#bytes[this.#length + i] = source[start + i] ?? 0;
      }
    }
    this.#length += length;
  }

  /** Writes bytes. */
  bytes(values: ArrayLike<number>): void {
    this.copy(values, 0, values.length);
  }

  /** Writes an unsigned LEB128 number of at most 32 bits. */
  u32(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Writes a signed LEB128 number that is not negative and below 2^53. */
  positiveSigned(value: number): void {
    let rest = value;
    while (rest >= 0x40) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Writes a name: the length of its UTF-8 and that. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.byteLength);
    this.bytes(bytes);
  }

  /** Makes room for a size that {@linkcode endSized} fills in. */
  beginSized(): number {
    const place = this.#length;
    for (let i = 0; i < FULL_U32_BYTES; i++) this.byte(0);
    return place;
  }

  /** Fills in how many bytes were written since {@linkcode beginSized}, and gives it. */
  endSized(place: number): number {
    const size = this.#length - place - FULL_U32_BYTES;
    let rest = size;
    for (let i = 0; i < FULL_U32_BYTES; i++) {
      const isLast = i === FULL_U32_BYTES - 1;
      this.#bytes[place + i] = (rest % 0x80) | (isLast ? 0 : 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return size;
  }

  #grow(room: number): void {
    const capacity = Math.max(
      this.#bytes.byteLength * 1.5,
      this.#length + room,
    );
    const bytes = new Uint8Array(Math.ceil(capacity));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}
