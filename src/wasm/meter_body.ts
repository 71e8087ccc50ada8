/**
 * The body of a function, rewritten so that it pays for what it does.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { CompileWork } from "./compile_work.ts";
import { Instructions } from "./instructions.ts";
import { cannotMeter } from "./meter_error.ts";
import type { ModuleTypes } from "./module_types.ts";
import { OP } from "./opcodes.ts";
import { type Arity, OperandStack } from "./operand_stack.ts";
import { PathCost, PREPAID_UNITS } from "./path_cost.ts";
import { type PayingModule, Payments } from "./payments.ts";
import { type ByteReader, wasmInvalid } from "./reader.ts";
import { readValueType } from "./types.ts";

/** What bodies must know of the module that they are in. */
export interface BodyContext extends PayingModule {
  /** What its functions, tags and blocks take and give. */
  readonly types: ModuleTypes;
}

/** Locals that engines allow (JS API, "Implementation-defined limits"). */
const MAX_LOCALS = 50_000;
/** Locals that are added at most. */
const ADDED_LOCALS = 2;
/**
 * Bytes of a function. Engines allow more than seven times as many, and take
 * 150 bytes of memory for each when they optimise it; the largest function of
 * real programs has 0.2 million.
 */
const MAX_BODY_BYTES = 1_000_000;
/** Blocks inside of blocks; compilers' output has a few hundred at most. */
const MAX_DEPTH = 50_000;

/** What instructions cost that do more than a few machine instructions do, in units of fuel. */
const CALL_COST = 1 + PREPAID_UNITS;
const CALL_HOST_COST = 20;
const GROW_COST = 2000;
const THROW_COST = 1000;
const BULK_COST = 10;
/** What engines do in a function of their own, or make an object for. */
const RUNTIME_COST = 10;

/** Values that are moved or zeroed for a unit, as a power of 2. */
const VALUES_PER_UNIT_LOG2 = 3;

/** Rewrites the bodies of one module, one after the other. */
export class BodyMeter {
  readonly #context: BodyContext;
  readonly #instructions: Instructions;
  readonly #path = new PathCost();
  readonly #stack = new OperandStack();
  readonly #work = new CompileWork();
  readonly #payments: Payments;
  /** How many locals the function has; the added ones come after them. */
  #locals = 0;

  /** Starts with a module. */
  constructor(context: BodyContext) {
    this.#context = context;
    this.#instructions = new Instructions(context.bytes);
    this.#payments = new Payments(context);
  }

  /**
   * Rewrites a body.
   *
   * @param reader A window on the body, after its size.
   * @param arity What the function takes, which are the first locals, and gives.
   * @param output Where to write it, its size first.
   * @throws {ForgeError} `WASM_INVALID` or `WASM_UNSUPPORTED`.
   */
  rewrite(
    reader: ByteReader,
    { arity, output }: { arity: Arity; output: ByteWriter },
  ): void {
    if (reader.remaining > MAX_BODY_BYTES) {
      throw cannotMeter(
        `one of its functions has more than ${MAX_BODY_BYTES} bytes`,
        "Split the function, or build the module with optimization",
      );
    }
    const start = reader.offset;
    const groups = this.#readLocals(reader, arity.takes);
    const code = reader.offset;
    this.#payments.start();
    this.#work.startFunction();
    this.#stack.start(arity.gives);
    this.#path.start();
    this.#path.at(code);
    // An engine zeroes them.
    this.#path.spend((this.#locals - arity.takes) >> VALUES_PER_UNIT_LOG2);
    this.#look();
    this.#walk(code, reader.end);
    this.#payments.once(this.#path.placeOfPayment);
    this.#payments.write(output, {
      ...{ start, groups, code, end: reader.end, locals: this.#locals },
      costs: this.#path.regions,
    });
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
    switch (opcode) {
      case OP.block:
      case OP.loop:
      case OP.if:
      case OP.try:
      case OP.tryTable:
        return this.#open(opcode);
      case OP.else:
        this.#look();
        this.#stack.restart();
        return this.#check(this.#path.else());
      case OP.catch:
      case OP.catchAll:
        return this.#catch(opcode);
      case OP.end:
      case OP.delegate:
        this.#look();
        this.#stack.close();
        return this.#path.end();
      case OP.br:
      case OP.brIf:
      case OP.brOnNull:
      case OP.brOnNonNull:
      case OP.brTable:
        return this.#branch(opcode);
      case OP.throw:
      case OP.rethrow:
      case OP.throwRef:
        return this.#leave(THROW_COST);
      case OP.return:
        return this.#leave(1 + this.#moved(this.#stack.results));
      case OP.unreachable:
        return this.#leave(1);
      case OP.call:
      case OP.callRef:
      case OP.callIndirect:
      case OP.returnCall:
      case OP.returnCallRef:
      case OP.returnCallIndirect:
        return this.#call(opcode);
      default:
        this.#stack.apply(opcode);
        return this.#takePlain(opcode, offset);
    }
  }

  /** An instruction that is followed by the next one. */
  #takePlain(opcode: number, offset: number): void {
    const { index } = this.#instructions;
    switch (opcode) {
      case OP.localGet:
      case OP.localSet:
      case OP.localTee:
        // Locals and the global that are added are not for the module's own code.
        this.#check(index < this.#locals);
        return this.#path.spend(1);
      case OP.globalGet:
      case OP.globalSet:
        this.#check(index < this.#context.fuelGlobal);
        return this.#path.spend(1);
      case OP.memoryGrow:
        this.#path.spend(GROW_COST);
        return this.#payments.noteDenial(this.#instructions.offset);
      case OP.tableGrow:
        return this.#path.spend(GROW_COST);
      case OP.tableSet:
      case OP.refFunc:
      case OP.dataDrop:
      case OP.elemDrop:
        return this.#path.spend(RUNTIME_COST);
      case OP.memoryInit:
      case OP.memoryCopy:
      case OP.memoryFill:
        this.#path.spend(BULK_COST);
        return this.#payments.byBytes(offset);
      case OP.tableInit:
      case OP.tableCopy:
      case OP.tableFill:
        this.#path.spend(BULK_COST);
        return this.#payments.byElements(offset);
      default:
        return this.#path.spend(1);
    }
  }

  #open(opcode: number): void {
    const path = this.#path;
    const stack = this.#stack;
    const { blockType, labels } = this.#instructions;
    if (opcode === OP.if) {
      path.spend(1);
      stack.change(1, 0);
    }
    this.#look();
    stack.open(this.#context.types.blockArity(blockType), opcode === OP.loop);
    switch (opcode) {
      case OP.block:
        return path.block();
      case OP.if:
        return path.if();
      case OP.try:
        return path.try();
      case OP.tryTable:
        for (const label of labels) this.#look(stack.carried(label));
        return path.try(labels);
      default:
        this.#work.nest(stack.loops);
        path.loop();
        return this.#payments.forRegion(
          this.#instructions.offset,
          path.regions.length - 1,
        );
    }
  }

  #catch(opcode: number): void {
    const { types } = this.#context;
    this.#look();
    this.#stack.restart(
      opcode === OP.catch ? types.tagValues(this.#instructions.index) : 0,
    );
    this.#check(this.#path.catch());
  }

  #branch(opcode: number): void {
    const path = this.#path;
    const stack = this.#stack;
    const { index, labels } = this.#instructions;
    // What is tested; `br_on_null` puts it back when it goes on.
    stack.change(opcode === OP.br ? 0 : 1, 0);
    const targets = opcode === OP.brTable ? labels : [index];
    let moved = 0;
    for (const label of targets) {
      this.#look();
      moved = Math.max(moved, this.#moved(stack.carried(label)));
    }
    path.spend(1 + moved);
    for (const label of targets) this.#check(path.jump(label));
    if (opcode === OP.brOnNull) stack.change(0, 1);
    if (opcode === OP.br || opcode === OP.brTable) this.#stop();
  }

  #call(opcode: number): void {
    const { types } = this.#context;
    const { index } = this.#instructions;
    const isDirect = opcode === OP.call || opcode === OP.returnCall;
    const { takes, gives } = isDirect
      ? types.functionArity(index)
      : types.arity(index);
    const isHost = isDirect && index < types.importedFunctions;
    const cost = (isHost ? CALL_HOST_COST : CALL_COST) +
      this.#moved(takes + gives);
    this.#work.look(takes + gives);
    this.#path.spend(cost);
    if (
      opcode === OP.call || opcode === OP.callRef ||
      opcode === OP.callIndirect
    ) {
      this.#stack.change(takes + (isDirect ? 0 : 1), gives);
    } else this.#stop();
  }

  /** An instruction after which the function does not go on. */
  #leave(cost: number): void {
    this.#path.spend(cost);
    this.#stop();
  }

  #stop(): void {
    this.#path.stop();
    this.#stack.stop();
  }

  /** A place where a compiler looks at everything that the function has. */
  #look(more = 0): void {
    this.#work.look(1 + this.#locals + this.#stack.height + more);
  }

  #moved(values: number): number {
    return values >> VALUES_PER_UNIT_LOG2;
  }

  #check(isValid: boolean): void {
    if (!isValid) throw this.#invalid("an index or block leads nowhere");
  }

  #invalid(why: string): ForgeError {
    return wasmInvalid(`${why} in function body`, this.#instructions.offset);
  }
}
