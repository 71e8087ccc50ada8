/**
 * The instructions that make a module pay.
 *
 * @module
 */

import type { ByteWriter } from "./byte_writer.ts";
import { OP } from "./opcodes.ts";

/** Where a function keeps its fuel. */
export interface FuelPlace {
  /** The global: what is left. */
  readonly global: number;
  /** A local of type `i64`, used for a moment. */
  readonly local: number;
}

const EMPTY_BLOCK_TYPE = 0x40;

/** `fuel -= cost; if (fuel < 0) unreachable` */
export function writeCharge(
  output: ByteWriter,
  fuel: FuelPlace,
  cost: number,
): void {
  output.byte(OP.globalGet);
  output.u32(fuel.global);
  output.byte(OP.i64Const);
  output.positiveSigned(cost);
  writeSubtractAndCheck(output, fuel);
}

/**
 * `fuel -= length >> log2; if (fuel < 0) unreachable`, where the length is an
 * `i32` on top of the stack and stays there. Below zero, `log2` is what a unit
 * of length costs: the length is shifted to the left.
 */
export function writeChargeByLength(
  output: ByteWriter,
  fuel: FuelPlace,
  { log2, local }: {
    readonly log2: number;
    /** A local of type `i32`, used for a moment. */
    readonly local: number;
  },
): void {
  output.byte(OP.localTee);
  output.u32(local);
  output.byte(OP.globalGet);
  output.u32(fuel.global);
  output.byte(OP.localGet);
  output.u32(local);
  output.byte(OP.i64ExtendI32U);
  output.bytes([OP.i64Const, Math.abs(log2)]);
  output.byte(log2 < 0 ? OP.i64Shl : OP.i64ShrU);
  writeSubtractAndCheck(output, fuel);
}

/**
 * `if (size < 0) denied = 1`, where the size is what `memory.grow` has put on
 * top of the stack, and stays there.
 */
export function writeNoteOfDenial(
  output: ByteWriter,
  { global, local }: {
    /** The global of type `i32` to set. */
    readonly global: number;
    /** A local of type `i32`, used for a moment. */
    readonly local: number;
  },
): void {
  output.byte(OP.localTee);
  output.u32(local);
  output.bytes([OP.i32Const, 0, OP.i32LtS, OP.if, EMPTY_BLOCK_TYPE]);
  output.bytes([OP.i32Const, 1, OP.globalSet]);
  output.u32(global);
  output.byte(OP.end);
  output.byte(OP.localGet);
  output.u32(local);
}

function writeSubtractAndCheck(output: ByteWriter, fuel: FuelPlace): void {
  output.byte(OP.i64Sub);
  output.byte(OP.localTee);
  output.u32(fuel.local);
  output.byte(OP.globalSet);
  output.u32(fuel.global);
  // Reading the local back is cheaper than reading the global.
  output.byte(OP.localGet);
  output.u32(fuel.local);
  output.bytes([OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK_TYPE]);
  output.bytes([OP.unreachable, OP.end]);
}
