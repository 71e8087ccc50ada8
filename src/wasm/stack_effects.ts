/**
 * How many operands instructions take from the stack and put there, for those
 * of which that is always the same.
 *
 * @see {@link https://webassembly.github.io/spec/core/appendix/index-instructions.html}
 *
 * @module
 */

import { BULK_BASE, IMMEDIATES, VECTOR_BASE } from "./opcodes.ts";

/** Operands that each opcode takes, by its number as `opcodes.ts` counts. */
export const TAKES: Uint8Array = new Uint8Array(IMMEDIATES.length);
/** Operands that each opcode gives. */
export const GIVES: Uint8Array = new Uint8Array(IMMEDIATES.length);

/** An opcode, or the first and the last of several. */
type Range = number | readonly [number, number];

function set(takes: number, gives: number, ranges: readonly Range[]): void {
  for (const range of ranges) {
    const [from, to] = typeof range === "number" ? [range, range] : range;
    TAKES.fill(takes, from, to + 1);
    GIVES.fill(gives, from, to + 1);
  }
}

const behind = (base: number) => (...ranges: readonly Range[]) =>
  ranges.map((range): Range =>
    typeof range === "number"
      ? base + range
      : [base + range[0], base + range[1]]
  );
const bulk = behind(BULK_BASE);
const vector = behind(VECTOR_BASE);

// Numbers: most take two, comparisons with zero and conversions take one.
set(2, 1, [[0x46, 0xa6]]);
set(1, 1, [0x45, 0x50, [0x67, 0x69], [0x79, 0x7b], [0x8b, 0x91]]);
set(1, 1, [[0x99, 0x9f], [0xa7, 0xc4]]);
set(0, 1, [[0x41, 0x44]]);
// Locals, globals, references, tables, memory.
set(0, 1, [0x20, 0x23, 0x3f, 0xd0, 0xd2, ...bulk(16)]);
set(1, 0, [0x1a, 0x21, 0x24]);
set(1, 1, [0x22, 0x25, [0x28, 0x35], 0x40, 0xd1, 0xd4, ...bulk([0, 7])]);
set(2, 0, [0x26, [0x36, 0x3e]]);
set(2, 1, bulk(15));
set(3, 0, bulk(8, [10, 12], 14, 17));
set(3, 1, [0x1b, 0x1c]);
// Vectors: most take two.
set(2, 1, vector([0x0d, 0x113]));
set(1, 1, vector([0x00, 0x0a], [0x0f, 0x16], 0x18, 0x19, 0x1b, 0x1d, 0x1f));
set(1, 1, vector(0x21, 0x4d, 0x53, [0x5c, 0x64], [0x67, 0x6a], 0x74, 0x75));
set(1, 1, vector(0x7a, [0x7c, 0x81], 0x83, 0x84, [0x87, 0x8a], 0x94));
set(1, 1, vector(0xa0, 0xa1, 0xa3, 0xa4, [0xa7, 0xaa], 0xc0, 0xc1, 0xc3));
set(1, 1, vector(0xc4, [0xc7, 0xca], 0xe0, 0xe1, 0xe3, 0xec, 0xed, 0xef));
set(1, 1, vector([0xf8, 0xff], [0x101, 0x104]));
set(0, 1, vector(0x0c));
set(2, 0, vector(0x0b, [0x58, 0x5b]));
set(3, 1, vector(0x52, [0x105, 0x10c], 0x113));
