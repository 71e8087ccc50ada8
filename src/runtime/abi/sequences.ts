/**
 * Types that are a pointer and a length: text, bytes, lists.
 *
 * @module
 */

import { AbiFault, within } from "./fault.ts";
import type { GuestMemory } from "./memory.ts";
import { nextOf } from "./numbers.ts";
import { decodeText, encodeText, utf8Length } from "./text.ts";
import type { AbiType } from "./type.ts";

interface Sequence<T> {
  /** Gives a value to the host; nothing was checked. */
  readonly read: (memory: GuestMemory, pointer: number, length: number) => T;
  /** Puts a value somewhere into the guest's memory; says where, and how long in `memory.written`. */
  readonly write: (memory: GuestMemory, value: T) => number;
}

function sequence<T>({ read, write }: Sequence<T>): AbiType<T> {
  return {
    size: 8,
    align: 4,
    flat: ["i32", "i32"],
    load: (memory, pointer) =>
      read(
        memory,
        memory.view.getUint32(pointer, true),
        memory.view.getUint32(pointer + 4, true),
      ),
    store(memory, pointer, value) {
      const start = write(memory, value);
      memory.view.setUint32(pointer, start, true);
      memory.view.setUint32(pointer + 4, memory.written, true);
    },
    lift(memory, flat) {
      const pointer = Number(nextOf(flat));
      return read(memory, pointer, Number(nextOf(flat)) >>> 0);
    },
    lower(memory, value, flat) {
      const start = write(memory, value);
      flat.push(start, memory.written);
    },
  };
}

/** `string`, as UTF-8. Lone surrogates, which UTF-8 cannot say, become U+FFFD. */
export const string: AbiType<string> = sequence({
  read(memory, pointer, length) {
    const part = { size: length, align: 1, what: "text" };
    const start = memory.checkPart(pointer, part);
    return decodeText(memory.bytes, start, length);
  },
  write(memory, text) {
    if (typeof text !== "string") throw isNot("text", text);
    const size = utf8Length(text);
    const pointer = memory.allocate(size, 1);
    encodeText(memory.bytes, pointer, { text, size });
    memory.written = size;
    return pointer;
  },
});

/** `list<u8>`. What the host gets is a copy. */
export const bytes: AbiType<Uint8Array> = sequence<Uint8Array>({
  read(memory, pointer, length) {
    const part = { size: length, align: 1, what: "a list of bytes" };
    const start = memory.checkPart(pointer, part);
    return memory.bytes.slice(start, start + length);
  },
  write(memory, value) {
    if (!(value instanceof Uint8Array)) throw isNot("bytes", value);
    const pointer = memory.allocate(value.length, 1);
    memory.bytes.set(value, pointer);
    memory.written = value.length;
    return pointer;
  },
});

/**
 * `list<T>`.
 *
 * @param element What is in it.
 * @param maxLength Elements that a guest may pass: each takes more of the host
 * than of the guest.
 */
export function list<T>(
  element: AbiType<T>,
  { maxLength }: { readonly maxLength: number },
): AbiType<readonly T[]> {
  const { size, align } = element;
  // A list of nothings would have any length for free.
  if (size === 0) throw new TypeError("Cannot make a list of empty elements");
  return sequence<readonly T[]>({
    read(memory, pointer, length) {
      const part = { size: length * size, align, what: "a list" };
      const start = memory.checkPart(pointer, part);
      if (length > maxLength) {
        throw new AbiFault(
          `a list of ${length} elements is longer than ${maxLength}`,
        );
      }
      const values: T[] = [];
      let i = 0;
      try {
        for (; i < length; i++) {
          values.push(element.load(memory, start + i * size));
        }
      } catch (error) {
        throw within(error, i);
      }
      return values;
    },
    write(memory, values) {
      if (!Array.isArray(values)) throw isNot("a list", values);
      const start = memory.allocate(values.length * size, align);
      let pointer = start;
      let i = 0;
      try {
        for (; i < values.length; i++, pointer += size) {
          element.store(memory, pointer, values[i] as T);
        }
      } catch (error) {
        throw within(error, i);
      }
      memory.written = values.length;
      return start;
    },
  });
}

function isNot(expected: string, value: unknown): TypeError {
  const found = value === null ? "null" : typeof value;
  return new TypeError(
    `Cannot pass ${found} to the extension: expected ${expected}`,
  );
}
