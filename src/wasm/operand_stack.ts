/**
 * How many operands are on the stack at each place of a function.
 *
 * Only their number is followed, not their types. Of valid code it is exact;
 * where code is unreachable, or not valid, it is never less than an engine may
 * find there.
 *
 * @module
 */

import { GIVES, TAKES } from "./stack_effects.ts";

/** How many operands a block, a function or a label takes and gives. */
export interface Arity {
  /** Operands that it takes. */
  readonly takes: number;
  /** Operands that it gives. */
  readonly gives: number;
}

/** Follows the operands of one function after the other. */
export class OperandStack {
  /** How many operands there are. */
  height = 0;
  /** How many of the open blocks are loops. */
  loops = 0;
  readonly #bases: number[] = [];
  readonly #blocks: Arity[] = [];
  readonly #loops: boolean[] = [];

  /** Starts at the top of a function. */
  start(results: number): void {
    this.height = 0;
    this.loops = 0;
    this.#bases.length = 0;
    this.#blocks.length = 0;
    this.#loops.length = 0;
    this.open({ takes: 0, gives: results });
  }

  /** What the function gives. */
  get results(): number {
    return this.#blocks[0]?.gives ?? 0;
  }

  /** An instruction that always does the same. */
  apply(opcode: number): void {
    this.change(TAKES[opcode] ?? 0, GIVES[opcode] ?? 0);
  }

  /** Takes so many operands and puts so many there. */
  change(takes: number, gives: number): void {
    this.height = Math.max(this.#base, this.height - takes) + gives;
  }

  /** A block begins. */
  open(block: Arity, isLoop = false): void {
    this.change(block.takes, 0);
    this.#bases.push(this.height);
    this.#blocks.push(block);
    this.#loops.push(isLoop);
    if (isLoop) this.loops += 1;
    this.height += block.takes;
  }

  /** Another arm of the block begins, with these operands: what the block takes unless given. */
  restart(operands = this.#blocks.at(-1)?.takes ?? 0): void {
    this.height = this.#base + operands;
  }

  /** The block ends. */
  close(): void {
    const base = this.#bases.pop() ?? 0;
    this.height = base + (this.#blocks.pop()?.gives ?? 0);
    if (this.#loops.pop() === true) this.loops -= 1;
  }

  /** What comes next is reached by jumps only. */
  stop(): void {
    this.height = this.#base;
  }

  /** Operands that a jump to a label carries there. */
  carried(label: number): number {
    const place = this.#blocks.length - 1 - label;
    const block = this.#blocks[place];
    if (block === undefined) return 0;
    return this.#loops[place] === true ? block.takes : block.gives;
  }

  get #base(): number {
    return this.#bases.at(-1) ?? 0;
  }
}
