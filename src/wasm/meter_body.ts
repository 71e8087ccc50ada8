/**
 * The body of a function, rewritten so that it pays for what it does.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { ByteWriter } from "./byte_writer.ts";
import {
  writeCharge,
  writeChargeByLength,
  writeNoteOfDenial,
} from "./charge.ts";
import { Instructions } from "./instructions.ts";
import { cannotMeter } from "./meter_error.ts";
import { OP } from "./opcodes.ts";
import { PathCost, PREPAID_UNITS } from "./path_cost.ts";
import { type ByteReader, wasmInvalid } from "./reader.ts";
import { readValueType } from "./types.ts";

/** What bodies must know of the module that they are in. */
export interface BodyContext {
  /** The module. */
  readonly bytes: Uint8Array;
  /** Index of the global that holds the fuel, after all that the module has itself. */
  readonly fuelGlobal: number;
  /** Index of the global that says whether memory was refused. */
  readonly deniedGlobal: number;
  /** Functions that are imported: calls of those below this number leave the module. */
  readonly importedFunctions: number;
}

/** Locals that engines allow (JS API, "Implementation-defined limits"). */
const MAX_LOCALS = 50_000;
/** Locals that are added at most. */
const ADDED_LOCALS = 2;
/** Bytes of a function that engines allow; likewise. */
const MAX_BODY_BYTES = 7_654_321;
/** Blocks inside of blocks; compilers' output has a few hundred at most. */
const MAX_DEPTH = 50_000;

/** What instructions cost that do more than a few machine instructions do, in units of fuel. */
const CALL_COST = 1 + PREPAID_UNITS;
const CALL_HOST_COST = 20;
const GROW_COST = 2000;
const THROW_COST = 1000;
const BULK_COST = 10;

/** Bytes that `memory.fill` and its like move for a unit of fuel, as a power of 2. */
const BYTES_PER_UNIT_LOG2 = 5;
/** Elements that `table.fill` and its like move for a unit. */
const ELEMENTS_PER_UNIT_LOG2 = 0;

/** In place of a region or a length: a note, which costs nothing. */
const NOTE_OF_DENIAL = -100;

const I32 = 0x7f;
const I64 = 0x7e;

/** Rewrites the bodies of one module, one after the other. */
export class BodyMeter {
  readonly #context: BodyContext;
  readonly #instructions: Instructions;
  readonly #path = new PathCost();
  /** Where payments go: offsets, ascending, and the region or the length that each is for. */
  readonly #places: number[] = [];
  readonly #payments: number[] = [];
  /** How many locals the function has; the added ones come after them. */
  #locals = 0;
  /** Whether a local of 32 bits must be added beside the one for fuel. */
  #needsSmallLocal = false;

  /** Starts with a module. */
  constructor(context: BodyContext) {
    this.#context = context;
    this.#instructions = new Instructions(context.bytes);
  }

  /**
   * Rewrites a body.
   *
   * @param reader A window on the body, after its size.
   * @param parameters Number of parameters, which are the first locals.
   * @param output Where to write it, its size first.
   * @throws {ForgeError} `WASM_INVALID` or `WASM_UNSUPPORTED`.
   */
  rewrite(
    reader: ByteReader,
    { parameters, output }: { parameters: number; output: ByteWriter },
  ): void {
    const start = reader.offset;
    const groups = this.#readLocals(reader, parameters);
    const code = reader.offset;
    this.#needsSmallLocal = false;
    this.#places.length = 0;
    this.#payments.length = 0;
    this.#walk(code, reader.end);
    this.#payOnce();
    const size = output.beginSized();
    this.#writeLocals(output, { start, code, groups });
    this.#writeCode(output, code, reader.end);
    if (output.endSized(size) > MAX_BODY_BYTES) {
      throw cannotMeter("a function is too large");
    }
  }

  /** Reads the groups of locals and gives their number. */
  #readLocals(reader: ByteReader, parameters: number): number {
    const groups = reader.count();
    this.#locals = parameters;
    for (let left = groups; left > 0; left--) {
      this.#locals += reader.u32();
      readValueType(reader);
      if (this.#locals > MAX_LOCALS - ADDED_LOCALS) {
        throw cannotMeter("a function has too many locals");
      }
    }
    return groups;
  }

  #walk(code: number, end: number): void {
    const path = this.#path;
    const instructions = this.#instructions;
    path.start();
    instructions.move(code, end);
    while (!path.done) {
      const offset = instructions.offset;
      path.at(offset);
      instructions.next();
      this.#take(instructions.opcode, offset);
      if (path.depth > MAX_DEPTH) throw cannotMeter("blocks nest too deep");
    }
    if (instructions.offset !== end) throw this.#invalid("bytes are left over");
  }

  /** Follows one instruction: control flow in all its forms, and what costs more than others. */
  #take(opcode: number, offset: number): void {
    const path = this.#path;
    const { index, labels } = this.#instructions;
    switch (opcode) {
      case OP.block:
        return path.block();
      case OP.loop:
        path.loop();
        return this.#pay(this.#instructions.offset, path.regions.length - 1);
      case OP.if:
        path.spend(1);
        return path.if();
      case OP.else:
        return this.#check(path.else());
      case OP.try:
        return path.try();
      case OP.tryTable:
        return path.try(labels);
      case OP.catch:
      case OP.catchAll:
        return this.#check(path.catch());
      case OP.end:
      case OP.delegate:
        return path.end();
      case OP.br:
        path.spend(1);
        this.#check(path.jump(index));
        return path.stop();
      case OP.brIf:
      case OP.brOnNull:
      case OP.brOnNonNull:
        path.spend(1);
        return this.#check(path.jump(index));
      case OP.brTable:
        path.spend(1);
        for (const label of labels) this.#check(path.jump(label));
        return path.stop();
      case OP.throw:
      case OP.rethrow:
      case OP.throwRef:
        path.spend(THROW_COST);
        return path.stop();
      case OP.return:
      case OP.unreachable:
        path.spend(1);
        return path.stop();
      case OP.callIndirect:
      case OP.callRef:
        return path.spend(CALL_COST);
      case OP.returnCallIndirect:
      case OP.returnCallRef:
        path.spend(CALL_COST);
        return path.stop();
      case OP.returnCall:
        path.spend(this.#callCost(index));
        return path.stop();
      case OP.call:
        return path.spend(this.#callCost(index));
      case OP.localGet:
      case OP.localSet:
      case OP.localTee:
        // Locals and the global that are added are not for the module's own code.
        this.#check(index < this.#locals);
        return path.spend(1);
      case OP.globalGet:
      case OP.globalSet:
        this.#check(index < this.#context.fuelGlobal);
        return path.spend(1);
      case OP.memoryGrow:
        path.spend(GROW_COST);
        return this.#noteDenial();
      case OP.tableGrow:
        return path.spend(GROW_COST);
      case OP.memoryInit:
      case OP.memoryCopy:
      case OP.memoryFill:
        return this.#payByLength(offset, BYTES_PER_UNIT_LOG2);
      case OP.tableInit:
      case OP.tableCopy:
      case OP.tableFill:
        return this.#payByLength(offset, ELEMENTS_PER_UNIT_LOG2);
      default:
        return path.spend(1);
    }
  }

  #callCost(index: number): number {
    return index < this.#context.importedFunctions ? CALL_HOST_COST : CALL_COST;
  }

  /** Before an instruction whose length is on top of the stack. */
  #payByLength(offset: number, log2: number): void {
    this.#path.spend(BULK_COST);
    this.#needsSmallLocal = true;
    this.#pay(offset, -1 - log2);
  }

  /** The function's own payment, which goes among those of its loops. */
  #payOnce(): void {
    const place = this.#path.placeOfPayment;
    if (place === undefined) return;
    let index = this.#places.findIndex((later) => later >= place);
    if (index < 0) index = this.#places.length;
    this.#places.splice(index, 0, place);
    this.#payments.splice(index, 0, 0);
  }

  /** After an instruction that grows memory, or is refused. */
  #noteDenial(): void {
    this.#needsSmallLocal = true;
    this.#pay(this.#instructions.offset, NOTE_OF_DENIAL);
  }

  #pay(place: number, payment: number): void {
    this.#places.push(place);
    this.#payments.push(payment);
  }

  #check(isValid: boolean): void {
    if (!isValid) throw this.#invalid("an index or block leads nowhere");
  }

  #invalid(why: string): ForgeError {
    return wasmInvalid(`${why} in function body`, this.#instructions.offset);
  }

  #writeLocals(
    output: ByteWriter,
    { start, code, groups }: { start: number; code: number; groups: number },
  ): void {
    const { bytes } = this.#context;
    if (this.#places.length === 0) return output.copy(bytes, start, code);
    output.u32(groups + (this.#needsSmallLocal ? 2 : 1));
    output.copy(bytes, start + lengthOfNumber(bytes, start), code);
    output.bytes(this.#needsSmallLocal ? [1, I64, 1, I32] : [1, I64]);
  }

  #writeCode(output: ByteWriter, code: number, end: number): void {
    const { bytes } = this.#context;
    let from = code;
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i] ?? end;
      output.copy(bytes, from, place);
      from = place;
      this.#writePayment(output, this.#payments[i] ?? 0);
    }
    output.copy(bytes, from, end);
  }

  #writePayment(output: ByteWriter, payment: number): void {
    const { fuelGlobal, deniedGlobal } = this.#context;
    const fuel = { global: fuelGlobal, local: this.#locals };
    const smallLocal = this.#locals + 1;
    if (payment === NOTE_OF_DENIAL) {
      return writeNoteOfDenial(output, {
        global: deniedGlobal,
        local: smallLocal,
      });
    }
    if (payment < 0) {
      const length = { log2: -1 - payment, local: smallLocal };
      return writeChargeByLength(output, fuel, length);
    }
    const cost = this.#path.regions[payment] ?? 0;
    const prepaid = payment === 0 ? PREPAID_UNITS : 0;
    writeCharge(output, fuel, Math.max(1, cost - prepaid));
  }
}

function lengthOfNumber(bytes: Uint8Array, offset: number): number {
  let length = 1;
  while ((bytes[offset + length - 1] ?? 0) >= 0x80) length += 1;
  return length;
}
