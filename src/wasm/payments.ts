/**
 * The payments of a function: what is to be paid for where, and the body
 * written with them.
 *
 * @module
 */

import type { ByteWriter } from "./byte_writer.ts";
import {
  writeCharge,
  writeChargeByLength,
  writeNoteOfDenial,
} from "./charge.ts";
import { PREPAID_UNITS } from "./path_cost.ts";

/** A module whose functions pay. */
export interface PayingModule {
  /** The module. */
  readonly bytes: Uint8Array;
  /** Index of the global that holds the fuel, after all that the module has itself. */
  readonly fuelGlobal: number;
  /** Index of the global that says whether memory was refused. */
  readonly deniedGlobal: number;
}

/** A body as it was, and what its regions cost. */
export interface PayingBody {
  /** Offset of the body, which begins with its locals. */
  readonly start: number;
  /** How many groups of locals there are. */
  readonly groups: number;
  /** Offset of its code. */
  readonly code: number;
  /** Where it ends. */
  readonly end: number;
  /** How many locals it has, parameters included; the added ones come after them. */
  readonly locals: number;
  /** What each region costs; the first is the function itself. */
  readonly costs: readonly number[];
}

/** Bytes that `memory.fill` and its like move for a unit of fuel, as a power of 2. */
const BYTES_PER_UNIT_LOG2 = 5;
/** Units that an element costs which `table.fill` and its like move: engines check and convert each. */
const UNITS_PER_ELEMENT_LOG2 = 5;
/** In place of a region: the length on top of the stack is paid for, of bytes or of elements. */
const BYTES = -1;
const ELEMENTS = -2;

/** In place of a region: a note, which costs nothing. */
const NOTE_OF_DENIAL = -3;

const I32 = 0x7f;
const I64 = 0x7e;

/** What is paid for where; one function after the other. */
export class Payments {
  readonly #module: PayingModule;
  /** Where payments go: offsets, ascending, and the region or what else each is for. */
  readonly #places: number[] = [];
  readonly #payments: number[] = [];
  /** Whether a local of 32 bits must be added beside the one for fuel. */
  #needsSmallLocal = false;

  /** Starts with a module. */
  constructor(module: PayingModule) {
    this.#module = module;
  }

  /** Starts with a function; what was known of another is forgotten. */
  start(): void {
    this.#needsSmallLocal = false;
    this.#places.length = 0;
    this.#payments.length = 0;
  }

  /** At the top of a loop: all that one turn of it costs. */
  forRegion(place: number, region: number): void {
    this.#pay(place, region);
  }

  /** Before an instruction with a length in bytes on top of the stack. */
  byBytes(place: number): void {
    this.#needsSmallLocal = true;
    this.#pay(place, BYTES);
  }

  /** Before an instruction with a number of elements on top of the stack. */
  byElements(place: number): void {
    this.#needsSmallLocal = true;
    this.#pay(place, ELEMENTS);
  }

  /** After an instruction that grows memory, or is refused. */
  noteDenial(place: number): void {
    this.#needsSmallLocal = true;
    this.#pay(place, NOTE_OF_DENIAL);
  }

  /** The function's own payment, if there is one: it goes among those of its loops. */
  once(place: number | undefined): void {
    if (place === undefined) return;
    let index = this.#places.findIndex((later) => later >= place);
    if (index < 0) index = this.#places.length;
    this.#places.splice(index, 0, place);
    this.#payments.splice(index, 0, 0);
  }

  /** Writes the body with its payments, its size first. */
  write(output: ByteWriter, body: PayingBody): void {
    const size = output.beginSized();
    this.#writeLocals(output, body);
    this.#writeCode(output, body);
    output.endSized(size);
  }

  #pay(place: number, payment: number): void {
    this.#places.push(place);
    this.#payments.push(payment);
  }

  #writeLocals(
    output: ByteWriter,
    { start, groups, code }: PayingBody,
  ): void {
    const { bytes } = this.#module;
    if (this.#places.length === 0) return output.copy(bytes, start, code);
    output.u32(groups + (this.#needsSmallLocal ? 2 : 1));
    output.copy(bytes, start + lengthOfNumber(bytes, start), code);
    output.bytes(this.#needsSmallLocal ? [1, I64, 1, I32] : [1, I64]);
  }

  #writeCode(output: ByteWriter, body: PayingBody): void {
    const { bytes } = this.#module;
    let from = body.code;
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i] ?? body.end;
      output.copy(bytes, from, place);
      from = place;
      this.#writePayment(output, body, this.#payments[i] ?? 0);
    }
    output.copy(bytes, from, body.end);
  }

  #writePayment(
    output: ByteWriter,
    { locals, costs }: PayingBody,
    payment: number,
  ): void {
    const { fuelGlobal, deniedGlobal } = this.#module;
    const fuel = { global: fuelGlobal, local: locals };
    const smallLocal = locals + 1;
    if (payment === NOTE_OF_DENIAL) {
      return writeNoteOfDenial(output, {
        global: deniedGlobal,
        local: smallLocal,
      });
    }
    if (payment < 0) {
      return writeChargeByLength(output, fuel, {
        log2: payment === BYTES ? BYTES_PER_UNIT_LOG2 : -UNITS_PER_ELEMENT_LOG2,
        local: smallLocal,
      });
    }
    const cost = costs[payment] ?? 0;
    const prepaid = payment === 0 ? PREPAID_UNITS : 0;
    writeCharge(output, fuel, Math.max(1, cost - prepaid));
  }
}

function lengthOfNumber(bytes: Uint8Array, offset: number): number {
  let length = 1;
  while ((bytes[offset + length - 1] ?? 0) >= 0x80) length += 1;
  return length;
}
