/**
 * Types of the component model, as data and as the code that carries their
 * values across.
 *
 * @module
 */

import type { GuestMemory } from "./memory.ts";

/** A type of core WASM. */
export type CoreType = "i32" | "i64" | "f32" | "f64";

/** A value of core WASM. */
export type CoreValue = number | bigint;

/** Core values that are read one after the other. */
export interface FlatReader {
  /** The values. */
  readonly values: ArrayLike<CoreValue>;
  /** Index of the next one. */
  next: number;
}

/**
 * A type: how its values lie in memory and how they travel as core values
 * (CanonicalABI.md, "Loading", "Storing", "Lifting", "Lowering").
 *
 * "Lift" and "load" give a value to the host, "lower" and "store" give one to
 * the guest.
 */
export interface AbiType<T> {
  /** Bytes in memory. */
  readonly size: number;
  /** What its place in memory is a multiple of. */
  readonly align: number;
  /** Core values that it travels as. */
  readonly flat: readonly CoreType[];
  // Methods and not properties, so that any type is an AbiType<unknown>.
  /** Reads a value whose place was checked. */
  load(memory: GuestMemory, pointer: number): T;
  /** Writes a value to a place that was checked. */
  store(memory: GuestMemory, pointer: number, value: T): void;
  /** Reads a value from core values. */
  lift(memory: GuestMemory, flat: FlatReader): T;
  /** Appends the core values of a value. */
  lower(memory: GuestMemory, value: T, flat: CoreValue[]): void;
}

/** The next multiple of an alignment. */
export function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
