/**
 * Types that are one core value: numbers, truth values, and choices without
 * content.
 *
 * @module
 */

import { AbiFault } from "./fault.ts";
import type { AbiType, CoreType, CoreValue, FlatReader } from "./type.ts";

interface Access<T> {
  readonly size: number;
  readonly core: CoreType;
  readonly get: (view: DataView, pointer: number) => T;
  readonly set: (view: DataView, pointer: number, value: T) => void;
  readonly fromCore: (value: CoreValue) => T;
  readonly toCore: (value: T) => CoreValue;
}

function scalar<T>(access: Access<T>): AbiType<T> {
  const { size, core, get, set, fromCore, toCore } = access;
  return {
    size,
    align: size,
    flat: [core],
    load: (memory, pointer) => get(memory.view, pointer),
    store: (memory, pointer, value) => set(memory.view, pointer, value),
    lift: (_memory, flat) => fromCore(nextOf(flat)),
    lower: (_memory, value, flat) => {
      flat.push(toCore(value));
    },
  };
}

/** Takes the next core value. */
export function nextOf(flat: FlatReader): CoreValue {
  return flat.values[flat.next++] ?? 0;
}

/** `bool`: any number but 0 is true. */
export const bool: AbiType<boolean> = scalar({
  size: 1,
  core: "i32",
  get: (view, pointer) => view.getUint8(pointer) !== 0,
  set: (view, pointer, value) => view.setUint8(pointer, value ? 1 : 0),
  fromCore: (value) => value !== 0,
  toCore: (value) => value ? 1 : 0,
});

/** `u8`. */
export const u8: AbiType<number> = scalar({
  size: 1,
  core: "i32",
  get: (view, pointer) => view.getUint8(pointer),
  set: (view, pointer, value) => view.setUint8(pointer, value),
  fromCore: (value) => Number(value) & 0xff,
  toCore: (value) => value & 0xff,
});

/** `u32`. */
export const u32: AbiType<number> = scalar({
  size: 4,
  core: "i32",
  get: (view, pointer) => view.getUint32(pointer, true),
  set: (view, pointer, value) => view.setUint32(pointer, value, true),
  fromCore: (value) => Number(value) >>> 0,
  toCore: (value) => value | 0,
});

/** `s64`. */
export const s64: AbiType<bigint> = scalar({
  size: 8,
  core: "i64",
  get: (view, pointer) => view.getBigInt64(pointer, true),
  set: (view, pointer, value) => view.setBigInt64(pointer, value, true),
  fromCore: (value) => BigInt.asIntN(64, BigInt(value)),
  toCore: (value) => BigInt.asIntN(64, value),
});

/** `u64`. */
export const u64: AbiType<bigint> = scalar({
  size: 8,
  core: "i64",
  get: (view, pointer) => view.getBigUint64(pointer, true),
  set: (view, pointer, value) => view.setBigUint64(pointer, value, true),
  fromCore: (value) => BigInt.asUintN(64, BigInt(value)),
  toCore: (value) => BigInt.asIntN(64, value),
});

/** `f64`. */
export const f64: AbiType<number> = scalar({
  size: 8,
  core: "f64",
  get: (view, pointer) => view.getFloat64(pointer, true),
  set: (view, pointer, value) => view.setFloat64(pointer, value, true),
  fromCore: Number,
  toCore: (value) => value,
});

/** Bytes of the number that says which of so many cases it is (CanonicalABI.md, `discriminant_type`). */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

/** Reads a discriminant. */
export function loadDiscriminant(
  view: DataView,
  pointer: number,
  size: 1 | 2 | 4,
): number {
  return size === 1
    ? view.getUint8(pointer)
    : size === 2
    ? view.getUint16(pointer, true)
    : view.getUint32(pointer, true);
}

/** Writes a discriminant. */
export function storeDiscriminant(
  view: DataView,
  pointer: number,
  { size, value }: { readonly size: 1 | 2 | 4; readonly value: number },
): void {
  if (size === 1) view.setUint8(pointer, value);
  else if (size === 2) view.setUint16(pointer, value, true);
  else view.setUint32(pointer, value, true);
}

/** `enum`: one of some names. */
export function enumeration<T extends string>(
  names: readonly T[],
): AbiType<T> {
  const size = discriminantSize(names.length);
  const indexes = new Map(names.map((name, index) => [name, index]));
  const nameAt = (index: number): T => {
    const name = names[index];
    if (name === undefined) {
      throw new AbiFault(`there is no case ${index} of ${names.length}`);
    }
    return name;
  };
  const indexOf = (name: T): number => {
    const index = indexes.get(name);
    if (index === undefined) {
      throw new TypeError(
        `Cannot pass "${name}" to the extension: expected one of ${
          names.join(", ")
        }`,
      );
    }
    return index;
  };
  return scalar({
    size,
    core: "i32",
    get: (view, pointer) => nameAt(loadDiscriminant(view, pointer, size)),
    set: (view, pointer, name) =>
      storeDiscriminant(view, pointer, { size, value: indexOf(name) }),
    fromCore: (value) => nameAt(Number(value) >>> 0),
    toCore: indexOf,
  });
}
