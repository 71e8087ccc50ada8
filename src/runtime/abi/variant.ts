/**
 * `variant` and its special forms: `option`, `result`.
 *
 * @module
 */

import { AbiFault, within } from "./fault.ts";
import { flatPayload } from "./flat_payload.ts";
import {
  discriminantSize,
  loadDiscriminant,
  nextOf,
  storeDiscriminant,
} from "./numbers.ts";
import { type AbiType, alignTo } from "./type.ts";

/** One case: its name, for messages, and what it holds. */
export interface VariantCase {
  /** Its name in WIT. */
  readonly name: string;
  /** What it holds, if anything. */
  readonly type?: AbiType<unknown> | undefined;
}

/** How values of the host stand for the cases of a variant. */
export interface VariantShape<T> {
  /** The cases, in their order in WIT. */
  readonly cases: readonly VariantCase[];
  /** Index of the case that a value is. */
  readonly caseOf: (value: T) => number;
  /** What the case of a value holds. */
  readonly contentOf: (value: T) => unknown;
  /** The value for a case and what it holds. */
  readonly make: (index: number, content: unknown) => T;
}

/** A variant. */
export function variant<T>(shape: VariantShape<T>): AbiType<T> {
  const { caseOf, contentOf, make } = shape;
  const names = shape.cases.map(({ name }) => name);
  const types = shape.cases.map(({ type }) => type);
  const size = discriminantSize(types.length);
  const held = types.filter((type) => type !== undefined);
  const heldAlign = Math.max(1, ...held.map((type) => type.align));
  const heldSize = Math.max(0, ...held.map((type) => type.size));
  const offset = alignTo(size, heldAlign);
  const align = Math.max(size, heldAlign);
  const payload = flatPayload(types);

  function checkCase(index: number): void {
    if (index < types.length) return;
    throw new AbiFault(`there is no case ${index} of ${types.length}`);
  }

  return {
    size: alignTo(offset + heldSize, align),
    align,
    flat: ["i32", ...payload.flat],
    load(memory, pointer) {
      const index = loadDiscriminant(memory.view, pointer, size);
      checkCase(index);
      const type = types[index];
      if (type === undefined) return make(index, undefined);
      try {
        return make(index, type.load(memory, pointer + offset));
      } catch (error) {
        throw within(error, names[index] ?? "");
      }
    },
    store(memory, pointer, value) {
      const index = caseOf(value);
      storeDiscriminant(memory.view, pointer, { size, value: index });
      types[index]?.store(memory, pointer + offset, contentOf(value));
    },
    lift(memory, flat) {
      const index = Number(nextOf(flat)) >>> 0;
      checkCase(index);
      try {
        return make(index, payload.lift(memory, flat, index));
      } catch (error) {
        throw within(error, names[index] ?? "");
      }
    },
    lower(memory, value, flat) {
      const index = caseOf(value);
      flat.push(index);
      payload.lower(memory, flat, { index, content: contentOf(value) });
    },
  };
}

/** `option<T>`: `undefined` when there is none. */
export function option<T>(type: AbiType<T>): AbiType<T | undefined> {
  return variant<T | undefined>({
    cases: [{ name: "none" }, { name: "some", type }],
    caseOf: (value) => value === undefined ? 0 : 1,
    contentOf: (value) => value,
    make: (_index, content) => content as T | undefined,
  });
}

/** What can fail. */
export type AbiResult<T, E> =
  | {
    /** It did not fail. */
    readonly ok: true;
    /** What it gave. */
    readonly value: T;
  }
  | {
    /** It failed. */
    readonly ok: false;
    /** Why. */
    readonly error: E;
  };

/**
 * `result<T, E>`, and variants of two cases that mean the same.
 *
 * @param ok What success holds, if anything.
 * @param error What failure holds.
 * @param names Names of the two cases, for messages.
 */
export function result<T, E>(
  ok: AbiType<T> | undefined,
  error: AbiType<E>,
  names: readonly [string, string] = ["ok", "error"],
): AbiType<AbiResult<T, E>> {
  return variant<AbiResult<T, E>>({
    cases: [
      { name: names[0], type: ok },
      { name: names[1], type: error },
    ],
    caseOf: (value) => value.ok ? 0 : 1,
    contentOf: (value) => value.ok ? value.value : value.error,
    make: (index, content) =>
      index === 0
        ? { ok: true, value: content as T }
        : { ok: false, error: content as E },
  });
}
