/**
 * A cursor over the bytes of a module.
 *
 * Every read is bounded; whatever the bytes, the outcome is a value or a
 * `WASM_INVALID` that names the offset, never a `RangeError` and never a loop
 * without end.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/** Reads the primitive values of the binary format, within a window of bytes. */
export class ByteReader {
  /** The whole module, so that offsets in messages are those of the file. */
  readonly bytes: Uint8Array;
  /** Where the window ends; nothing at or after it is read. */
  readonly end: number;
  /** Where the next read happens, counted from the start of `bytes`. */
  offset: number;
  /** What the window is, for messages: `import section`. */
  readonly where: string;

  /** Opens a window on bytes `offset` to `end`. */
  constructor(
    bytes: Uint8Array,
    window: { offset: number; end: number; where: string },
  ) {
    this.bytes = bytes;
    this.offset = window.offset;
    this.end = window.end;
    this.where = window.where;
  }

  /** Whether everything has been read. */
  get done(): boolean {
    return this.offset >= this.end;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.end - this.offset;
  }

  /** Reads one byte. */
  byte(): number {
    const byte = this.offset < this.end ? this.bytes[this.offset] : undefined;
    if (byte === undefined) throw this.truncated();
    this.offset += 1;
    return byte;
  }

  /** Looks at the next byte without taking it; 0 to 255. */
  peek(): number {
    const byte = this.byte();
    this.offset -= 1;
    return byte;
  }

  /** Reads an unsigned LEB128 number of at most 32 bits (core spec, 5.2.2). */
  u32(): number {
    let value = 0;
    for (let position = 0; position < 5; position++) {
      const byte = this.byte();
      if (position === 4 && byte > 0x0f) {
        throw this.invalid("a number does not fit 32 bits", 1);
      }
      value += (byte & 0x7f) * 2 ** (7 * position);
      if (byte < 0x80) return value;
    }
    throw this.invalid("a number is longer than 5 bytes", 1);
  }

  /** Reads an unsigned LEB128 number of at most 64 bits. */
  u64(): bigint {
    let value = 0n;
    for (let position = 0; position < 10; position++) {
      const byte = this.byte();
      if (position === 9 && byte > 0x01) {
        throw this.invalid("a number does not fit 64 bits", 1);
      }
      value |= BigInt(byte & 0x7f) << BigInt(7 * position);
      if (byte < 0x80) return value;
    }
    throw this.invalid("a number is longer than 10 bytes", 1);
  }

  /**
   * Passes over a signed LEB128 number.
   *
   * @param bits How many bits it may have: 32, 33 or 64.
   */
  skipSigned(bits: 32 | 33 | 64): void {
    const maxBytes = Math.ceil(bits / 7);
    for (let position = 0; position < maxBytes; position++) {
      const byte = this.byte();
      if (byte >= 0x80) continue;
      if (position === maxBytes - 1) this.#checkSignBits(byte, bits);
      return;
    }
    throw this.invalid(`a number is longer than ${maxBytes} bytes`, 1);
  }

  /** Reads a signed LEB128 number of at most 33 bits (block types, heap types). */
  s33(): number {
    const start = this.offset;
    this.skipSigned(33);
    let value = 0;
    let scale = 1;
    for (let i = start; i < this.offset; i++) {
      value += ((this.bytes[i] ?? 0) & 0x7f) * scale;
      scale *= 128;
    }
    const last = this.bytes[this.offset - 1] ?? 0;
    return (last & 0x40) === 0 ? value : value - scale;
  }

  /** Reads so many bytes, without copying them. */
  take(length: number): Uint8Array {
    if (length > this.remaining) throw this.truncated();
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /** Reads a name: a length and that many bytes of UTF-8 (core spec, 5.2.4). */
  name(): string {
    const length = this.u32();
    const start = this.offset;
    const bytes = this.take(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        bytes,
      );
    } catch {
      throw this.invalid("a name is not UTF-8", this.offset - start);
    }
  }

  /** Reads the length of a vector, whose elements take at least a byte each. */
  count(): number {
    const count = this.u32();
    if (count > this.remaining) {
      throw this.invalid(`${count} entries do not fit what is left`, 1);
    }
    return count;
  }

  /** A window on the next `length` bytes, over which this reader then passes. */
  window(length: number, where: string): ByteReader {
    if (length > this.remaining) {
      throw wasmInvalid(
        `truncated ${where}: ${length} bytes promised, ${this.remaining} left`,
        this.offset,
      );
    }
    const offset = this.offset;
    this.offset += length;
    return new ByteReader(this.bytes, { offset, end: this.offset, where });
  }

  /** Refuses bytes that are left over. */
  finish(): void {
    if (this.done) return;
    throw this.invalid(`${this.remaining} bytes are left over`);
  }

  /** An error at the current offset, or so many bytes before it. */
  invalid(why: string, back: number = 0): ForgeError {
    return wasmInvalid(`${why} in ${this.where}`, this.offset - back);
  }

  truncated(): ForgeError {
    return wasmInvalid(`truncated ${this.where}`, this.end);
  }

  /** The last byte of a full-length number must only repeat the sign. */
  #checkSignBits(byte: number, bits: number): void {
    const used = bits % 7;
    const sign = -1 << (used - 1) & 0x7f;
    const extra = byte & sign;
    if (extra !== 0 && extra !== sign) {
      throw this.invalid(`a number does not fit ${bits} bits`, 1);
    }
  }
}

/** Makes the error for bytes that are not a module. */
export function wasmInvalid(why: string, offset: number): ForgeError {
  return new ForgeError(
    "WASM_INVALID",
    `Cannot read WASM module: ${why} (at byte ${offset})`,
    {
      hint: "The file is damaged or was not made by a compiler: build it again",
    },
  );
}
