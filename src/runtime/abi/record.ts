/**
 * `record`: named fields, one after the other.
 *
 * @module
 */

import { within } from "./fault.ts";
import { type AbiType, alignTo } from "./type.ts";

/** Types of the fields of `T`, in their order in WIT. */
export type Fields<T> = { readonly [K in keyof T]-?: AbiType<T[K]> };

/** A record whose fields are the properties of an object. */
export function record<T extends object>(fields: Fields<T>): AbiType<T> {
  type Key = keyof T & string;
  const names = Object.keys(fields) as Key[];
  const types = names.map((name) => fields[name]) as AbiType<unknown>[];
  const offsets: number[] = [];
  let end = 0;
  for (const { size, align } of types) {
    offsets.push(alignTo(end, align));
    end = alignTo(end, align) + size;
  }
  const align = Math.max(1, ...types.map((type) => type.align));
  const count = names.length;

  /** Goes over the fields; a fault says in which one it was. */
  function each(visit: (type: AbiType<unknown>, i: number) => void): void {
    let i = 0;
    try {
      for (; i < count; i++) visit(types[i] as AbiType<unknown>, i);
    } catch (error) {
      throw within(error, names[i] ?? "");
    }
  }

  return {
    size: alignTo(end, align),
    align,
    flat: types.flatMap((type) => type.flat),
    load(memory, pointer) {
      const value: Record<string, unknown> = {};
      each((type, i) => {
        value[names[i] as Key] = type.load(memory, pointer + (offsets[i] ?? 0));
      });
      return value as T;
    },
    store: (memory, pointer, value) =>
      each((type, i) =>
        type.store(memory, pointer + (offsets[i] ?? 0), value[names[i] as Key])
      ),
    lift(memory, flat) {
      const value: Record<string, unknown> = {};
      each((type, i) => {
        value[names[i] as Key] = type.lift(memory, flat);
      });
      return value as T;
    },
    lower: (memory, value, flat) =>
      each((type, i) => type.lower(memory, value[names[i] as Key], flat)),
  };
}
