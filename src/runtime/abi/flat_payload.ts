/**
 * What the cases of a variant hold, as core values: each case travels in the
 * same ones, so they are joined (CanonicalABI.md, "Flattening").
 *
 * @module
 */

import type { GuestMemory } from "./memory.ts";
import { nextOf } from "./numbers.ts";
import type { AbiType, CoreType, CoreValue, FlatReader } from "./type.ts";

/** The core values that hold whichever case it is. */
export interface FlatPayload {
  /** Their types. */
  readonly flat: readonly CoreType[];
  /** Reads the content of a case. */
  readonly lift: (
    memory: GuestMemory,
    flat: FlatReader,
    index: number,
  ) => unknown;
  /** Appends the content of a case, and zeros for what it does not need. */
  readonly lower: (
    memory: GuestMemory,
    flat: CoreValue[],
    value: { readonly index: number; readonly content: unknown },
  ) => void;
}

/** Joins the core values of some cases. */
export function flatPayload(
  types: readonly (AbiType<unknown> | undefined)[],
): FlatPayload {
  const joined: CoreType[] = [];
  for (const type of types) {
    type?.flat.forEach((core, i) => {
      const other = joined[i];
      joined[i] = other === undefined ? core : join(core, other);
    });
  }
  // Mostly nothing is joined with anything else, and values go as they are.
  const isPlain = types.every((type) =>
    type === undefined || type.flat.every((core, i) => core === joined[i])
  );
  return {
    flat: joined,
    lift(memory, flat, index) {
      const start = flat.next;
      const type = types[index];
      let content: unknown;
      if (type !== undefined) {
        content = isPlain
          ? type.lift(memory, flat)
          : type.lift(memory, split(type, joined, flat));
      }
      flat.next = start + joined.length;
      return content;
    },
    lower(memory, flat, { index, content }) {
      const start = flat.length;
      const type = types[index];
      type?.lower(memory, content, flat);
      for (let i = 0; i < joined.length; i++) {
        const wanted = joined[i] ?? "i32";
        const core = type?.flat[i];
        if (core === undefined) flat.push(wanted === "i64" ? 0n : 0);
        else if (core !== wanted) {
          flat[start + i] = widen(flat[start + i] ?? 0, core, wanted);
        }
      }
    },
  };
}

function join(a: CoreType, b: CoreType): CoreType {
  if (a === b) return a;
  const isSmall = (type: CoreType) => type === "i32" || type === "f32";
  return isSmall(a) && isSmall(b) ? "i32" : "i64";
}

function split(
  type: AbiType<unknown>,
  joined: readonly CoreType[],
  flat: FlatReader,
): FlatReader {
  const values = type.flat.map((core, i) =>
    narrow(nextOf(flat), joined[i] ?? core, core)
  );
  return { values, next: 0 };
}

const scratch = new DataView(new ArrayBuffer(8));

/** A value in the bits of a type that has as many or more. */
function widen(value: CoreValue, from: CoreType, to: CoreType): CoreValue {
  scratch.setBigInt64(0, 0n);
  write(from, value);
  return to === "i64"
    ? scratch.getBigInt64(0, true)
    : scratch.getInt32(0, true);
}

/** The reverse: the bits of a larger type, as a value of a smaller one. */
function narrow(value: CoreValue, from: CoreType, to: CoreType): CoreValue {
  if (from === to) return value;
  write(from, value);
  switch (to) {
    case "i32":
      return scratch.getInt32(0, true);
    case "i64":
      return scratch.getBigInt64(0, true);
    case "f32":
      return scratch.getFloat32(0, true);
    case "f64":
      return scratch.getFloat64(0, true);
  }
}

function write(type: CoreType, value: CoreValue): void {
  switch (type) {
    case "i32":
      return scratch.setInt32(0, Number(value), true);
    case "i64":
      return scratch.setBigInt64(0, BigInt(value), true);
    case "f32":
      return scratch.setFloat32(0, Number(value), true);
    case "f64":
      return scratch.setFloat64(0, Number(value), true);
  }
}
