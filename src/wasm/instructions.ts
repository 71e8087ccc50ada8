/**
 * A cursor over the instructions of a function.
 *
 * It goes over every byte of a module's code, so it is written for speed: it
 * passes over numbers without checking that they fit their type, which an
 * engine does later. It never reads beyond its end.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import { cannotMeter } from "./meter_error.ts";
import { BLOCK } from "./module_types.ts";
import {
  BULK_BASE,
  describeUnknown,
  IMMEDIATE,
  IMMEDIATES,
  PREFIX,
  VECTOR_BASE,
} from "./opcodes.ts";
import { wasmInvalid } from "./reader.ts";

/** Labels that a `br_table` may have (JS API, "Implementation-defined limits"). */
const MAX_LABELS = 65_520;

const MAX_U32 = 0xffffffff;

/** In place of the type of a block that has none. */
const EMPTY_BLOCK = 0x40;

/** Value types that are followed by a heap type. */
const REF_TYPES = { nullable: 0x63, nonNull: 0x64, shared: 0x65 } as const;

/** Reads one instruction after the other; its fields are those of the latest. */
export class Instructions {
  /** Where the next instruction starts, counted from the start of the module. */
  offset = 0;
  /** Number of the opcode, as `opcodes.ts` counts. */
  opcode = 0;
  /** The first index that follows: a label, function, local or global. */
  index = 0;
  /** Labels of a `br_table`, or of the handlers of a `try_table`. */
  labels: number[] = [];
  /** Type of a block: its index, or one of `BLOCK`. */
  blockType = 0;
  readonly #bytes: Uint8Array;
  #end = 0;

  /** Reads from a module; {@linkcode move} says from where. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Goes to the code between two offsets. */
  move(offset: number, end: number): void {
    this.offset = offset;
    this.#end = end;
  }

  /**
   * Reads an instruction with what follows it.
   *
   * @throws {ForgeError} `WASM_INVALID` when it is malformed;
   * `WASM_UNSUPPORTED` when it is none that can be metered.
   */
  next(): void {
    const first = this.#bytes[this.offset] ?? 0;
    this.offset += 1;
    this.opcode = first < PREFIX.gc ? first : this.#prefixed(first);
    const kind = IMMEDIATES[this.opcode] ?? IMMEDIATE.unknown;
    if (kind === IMMEDIATE.index) this.index = this.#u32();
    else if (kind !== IMMEDIATE.none) this.#skip(kind);
    if (this.offset > this.#end) throw this.#truncated();
  }

  #prefixed(prefix: number): number {
    const opcode = this.#u32();
    if (prefix === PREFIX.bulk && opcode < VECTOR_BASE - BULK_BASE) {
      return BULK_BASE + opcode;
    }
    if (prefix === PREFIX.vector && opcode < IMMEDIATES.length - VECTOR_BASE) {
      return VECTOR_BASE + opcode;
    }
    throw this.#unsupported(prefix, opcode);
  }

  /** One case for each kind of what may follow an opcode. */
  #skip(kind: number): void {
    switch (kind) {
      case IMMEDIATE.i32:
      case IMMEDIATE.i64:
        return this.#skipNumber();
      case IMMEDIATE.memory:
        return this.#skipMemory();
      case IMMEDIATE.blockType:
        return this.#readBlockType();
      case IMMEDIATE.indexPair:
        this.index = this.#u32();
        return this.#skipNumber();
      case IMMEDIATE.labels:
        return this.#readLabels();
      case IMMEDIATE.f32:
        this.offset += 4;
        return;
      case IMMEDIATE.f64:
        this.offset += 8;
        return;
      case IMMEDIATE.v128:
        this.offset += 16;
        return;
      case IMMEDIATE.lane:
        this.offset += 1;
        return;
      case IMMEDIATE.memoryLane:
        this.#skipMemory();
        this.offset += 1;
        return;
      case IMMEDIATE.heapType:
        return this.#skipHeapType();
      case IMMEDIATE.valueTypes:
        for (let left = this.#count(); left > 0; left--) this.#skipType();
        return;
      case IMMEDIATE.handlers:
        this.#readBlockType();
        return this.#readHandlers();
      default:
        throw this.#unknown(this.opcode);
    }
  }

  #skipNumber(): void {
    const bytes = this.#bytes;
    let offset = this.offset;
    while ((bytes[offset] ?? 0) >= 0x80) offset += 1;
    this.offset = offset + 1;
  }

  #u32(): number {
    let byte = this.#bytes[this.offset++] ?? 0;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = this.#bytes[this.offset++] ?? 0;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80 && scale <= MAX_U32);
    if (byte >= 0x80 || value > MAX_U32) {
      throw this.#invalid("a number is too large");
    }
    return value;
  }

  /** A length of a vector whose elements take at least a byte each. */
  #count(): number {
    const count = this.#u32();
    if (count > this.#end - this.offset) throw this.#truncated();
    return count;
  }

  /** The type of a block or value: a byte, a reference and its heap type, or a type index. */
  #skipType(): void {
    const byte = this.#bytes[this.offset] ?? 0;
    if (byte === REF_TYPES.nullable || byte === REF_TYPES.nonNull) {
      this.offset += 1;
      return this.#skipHeapType();
    }
    this.#skipNumber();
  }

  #readBlockType(): void {
    const byte = this.#bytes[this.offset] ?? 0;
    if (byte === EMPTY_BLOCK) this.blockType = BLOCK.empty;
    else if (byte < 0x80 && byte > EMPTY_BLOCK) this.blockType = BLOCK.value;
    else {
      this.blockType = this.#u32();
      return;
    }
    this.#skipType();
  }

  #skipHeapType(): void {
    if (this.#bytes[this.offset] === REF_TYPES.shared) this.offset += 1;
    this.#skipNumber();
  }

  #skipMemory(): void {
    // Bit 6 announces the index of a memory (core spec, 5.4.7).
    if ((this.#u32() & 0x40) !== 0) this.#skipNumber();
    this.#skipNumber();
  }

  #readLabels(): void {
    this.labels = [];
    const count = this.#count();
    if (count > MAX_LABELS) throw this.#invalid(`${count} labels are too many`);
    for (let i = 0; i <= count; i++) this.labels.push(this.#u32());
  }

  /** Handlers: for one tag or, from kind 2, for all; their labels count from outside. */
  #readHandlers(): void {
    this.labels = [];
    for (let left = this.#count(); left > 0; left--) {
      const kind = this.#bytes[this.offset++] ?? 0;
      if (kind > 3) throw this.#invalid(`unknown handler ${kind}`);
      if (kind < 2) this.#skipNumber();
      this.labels.push(this.#u32());
    }
  }

  #truncated(): ForgeError {
    return wasmInvalid("truncated function body", this.#end);
  }

  #invalid(why: string): ForgeError {
    return wasmInvalid(`${why} in function body`, this.offset);
  }

  #unknown(number: number): ForgeError {
    if (number >= VECTOR_BASE) {
      return this.#unsupported(PREFIX.vector, number - VECTOR_BASE);
    }
    return number >= BULK_BASE
      ? this.#unsupported(PREFIX.bulk, number - BULK_BASE)
      : this.#unsupported(0, number);
  }

  #unsupported(prefix: number, opcode: number): ForgeError {
    if (this.offset > this.#end) return this.#truncated();
    return cannotMeter(
      `it uses ${describeUnknown(prefix, opcode)} at byte ${this.offset}`,
    );
  }
}
