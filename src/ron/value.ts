/**
 * Untyped values: what the crate's `Value` keeps of a text. Struct names,
 * variants and the spelling of numbers are gone; the tree has them.
 */
import type { FloatKind } from "./floats.ts";
import type { IntegerKind } from "./integer_kinds.ts";

/** `true` or `false`. */
export interface RonBool {
  /** Tells the kinds of value apart. */
  readonly type: "bool";
  /** What it holds. */
  readonly value: boolean;
}

/** One Unicode scalar value, as a string of one code point. */
export interface RonChar {
  /** Tells the kinds of value apart. */
  readonly type: "char";
  /** One code point. */
  readonly value: string;
}

/** Text. */
export interface RonString {
  /** Tells the kinds of value apart. */
  readonly type: "string";
  /** What it holds. */
  readonly value: string;
}

/** A byte string. */
export interface RonBytes {
  /** Tells the kinds of value apart. */
  readonly type: "bytes";
  /** What it holds. */
  readonly value: Uint8Array;
}

/**
 * A number and the narrowest Rust type that holds it. Integers that are not
 * safe in JavaScript are bigints, so that none loses a digit.
 */
export interface RonNumber {
  /** Tells the kinds of value apart. */
  readonly type: "number";
  /** The narrowest Rust type that holds it, or the one of its suffix. */
  readonly kind: FloatKind | IntegerKind;
  /** A bigint when a number would lose digits. */
  readonly value: number | bigint;
}

/** `()`, a bare name, or `..`. */
export interface RonUnit {
  /** Tells the kinds of value apart. */
  readonly type: "unit";
}

/** `None` (no value) or `Some(value)`. */
export interface RonOption {
  /** Tells the kinds of value apart. */
  readonly type: "option";
  /** What is inside `Some`; missing for `None`. */
  readonly value?: RonValue;
}

/** A list or a tuple. */
export interface RonSeq {
  /** Tells the kinds of value apart. */
  readonly type: "seq";
  /** The elements in order. */
  readonly items: readonly RonValue[];
}

/** A map, or the fields of a struct keyed by strings; the last of equals wins. */
export interface RonMap {
  /** Tells the kinds of value apart. */
  readonly type: "map";
  /** The entries in the order of the text. */
  readonly entries: readonly (readonly [key: RonValue, value: RonValue])[];
}

/** Any untyped value. */
export type RonValue =
  | RonBool
  | RonBytes
  | RonChar
  | RonMap
  | RonNumber
  | RonOption
  | RonSeq
  | RonString
  | RonUnit;

/** The one unit value. */
export const UNIT: RonUnit = { type: "unit" };
/** The one `None`. */
export const NONE: RonOption = { type: "option" };
/** The one `true`. */
export const TRUE: RonBool = { type: "bool", value: true };
/** The one `false`. */
export const FALSE: RonBool = { type: "bool", value: false };

/** Collects the entries of a map as the crate does: the last of equals wins. */
export class EntryCollector {
  /** The entries in the order of the text. */
  readonly entries: (readonly [RonValue, RonValue])[] = [];
  private places: Map<string, number> | undefined;

  /** Adds an entry, or replaces the value of an equal key. */
  add(key: RonValue, value: RonValue): void {
    const { entries } = this;
    if (this.places === undefined && entries.length < 8) {
      for (let i = 0; i < entries.length; i++) {
        if (sameKey(entries[i]![0], key)) {
          entries[i] = [key, value];
          return;
        }
      }
      entries.push([key, value]);
      return;
    }
    const places = this.places ??= new Map(
      entries.map(([known], index) => [keyText(known), index]),
    );
    const text = keyText(key);
    const place = places.get(text);
    if (place !== undefined) {
      entries[place] = [key, value];
      return;
    }
    places.set(text, entries.length);
    entries.push([key, value]);
  }
}

function sameKey(a: RonValue, b: RonValue): boolean {
  if (a.type === "string" && b.type === "string") return a.value === b.value;
  return a.type === b.type && keyText(a) === keyText(b);
}

/** A text that two values share exactly when the crate calls them equal. */
export function keyText(value: RonValue): string {
  switch (value.type) {
    case "string":
      return "s" + JSON.stringify(value.value);
    case "char":
      return "c" + JSON.stringify(value.value);
    case "bool":
      return value.value ? "T" : "F";
    case "unit":
      return "U";
    case "number":
      return `${value.kind}:${Object.is(value.value, -0) ? "-0" : value.value}`;
    case "bytes":
      return `b(${value.value.join()})`;
    case "option":
      return value.value === undefined ? "N" : `S(${keyText(value.value)})`;
    case "seq":
      return `[${value.items.map(keyText).join()}]`;
    case "map":
      return `{${
        value.entries.map(([k, v]) => `${keyText(k)}=${keyText(v)}`).sort()
          .join()
      }}`;
  }
}
