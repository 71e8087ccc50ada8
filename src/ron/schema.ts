/**
 * Shapes: what a text should hold, as plain data. Decoding follows serde's
 * derive rules for the Rust type that a shape describes.
 */
import type { FloatKind } from "./floats.ts";
import type { IntegerKind } from "./integer_kinds.ts";
import type {
  Field,
  Fields,
  FloatSchema,
  InferFields,
  InferItems,
  IntegerSchema,
  ListSchema,
  MapSchema,
  NewtypeSchema,
  OptionSchema,
  ScalarSchema,
  Schema,
  StructOptions,
  StructSchema,
  TupleSchema,
  UnitStructSchema,
} from "./schema_types.ts";
import type { RonValue } from "./value.ts";

export type * from "./schema_types.ts";

/**
 * Text: `String`.
 *
 * @example
 * ```ts
 * import { decodeRon, string } from "@forgepoint/forge/ron";
 *
 * decodeRon(`"grüß dich"`, string()).value; // "grüß dich"
 * ```
 */
export function string(): ScalarSchema<string> {
  return { kind: "string" };
}

/**
 * `true` or `false`: `bool`.
 *
 * @example
 * ```ts
 * import { bool, decodeRon } from "@forgepoint/forge/ron";
 *
 * decodeRon("true", bool()).value; // true
 * ```
 */
export function bool(): ScalarSchema<boolean> {
  return { kind: "bool" };
}

/**
 * One Unicode scalar value: `char`.
 *
 * @example
 * ```ts
 * import { char, decodeRon } from "@forgepoint/forge/ron";
 *
 * decodeRon("'ß'", char()).value; // "ß"
 * ```
 */
export function char(): ScalarSchema<string> {
  return { kind: "char" };
}

/**
 * `b"..."`, or a list of bytes: `serde_bytes::ByteBuf`.
 *
 * @example
 * ```ts
 * import { bytes, decodeRon } from "@forgepoint/forge/ron";
 *
 * decodeRon(`b"ab"`, bytes()).value; // Uint8Array [97, 98]
 * ```
 */
export function bytes(): ScalarSchema<Uint8Array> {
  return { kind: "bytes" };
}

/**
 * `()`, decoded to null.
 *
 * @example
 * ```ts
 * import { decodeRon, unit } from "@forgepoint/forge/ron";
 *
 * decodeRon("()", unit()).value; // null
 * ```
 */
export function unit(): ScalarSchema<null> {
  return { kind: "unit" };
}

/**
 * Anything: the crate's `Value`.
 *
 * @example
 * ```ts
 * import { any, decodeRon } from "@forgepoint/forge/ron";
 *
 * decodeRon("[1, true]", any()).value.type; // "seq"
 * ```
 */
export function any(): ScalarSchema<RonValue> {
  return { kind: "any" };
}

/**
 * An integer that is exact as a JavaScript number.
 *
 * @example
 * ```ts
 * import { decodeRon, integer } from "@forgepoint/forge/ron";
 *
 * decodeRon("0xff", integer("u8")).value; // 255
 * ```
 */
export function integer(
  kind: Exclude<IntegerKind, "i64" | "u64">,
): IntegerSchema<number> {
  return { kind: "integer", integer: kind };
}

/**
 * A 64-bit integer, decoded to a bigint.
 *
 * @example
 * ```ts
 * import { bigInteger, decodeRon } from "@forgepoint/forge/ron";
 *
 * decodeRon("18446744073709551615", bigInteger("u64")).value; // 2n ** 64n - 1n
 * ```
 */
export function bigInteger(kind: "i64" | "u64"): IntegerSchema<bigint> {
  return { kind: "integer", integer: kind };
}

/**
 * A float.
 *
 * @example
 * ```ts
 * import { decodeRon, float } from "@forgepoint/forge/ron";
 *
 * decodeRon("1.5", float("f64")).value; // 1.5
 * ```
 */
export function float(kind: FloatKind): FloatSchema {
  return { kind: "float", float: kind };
}

/**
 * `None` (undefined) or `Some(inner)`.
 *
 * @example
 * ```ts
 * import { decodeRon, option, string } from "@forgepoint/forge/ron";
 *
 * decodeRon(`Some("a")`, option(string())).value; // "a"
 * ```
 */
export function option<T>(inner: Schema<T>): OptionSchema<T> {
  return { kind: "option", inner };
}

/**
 * `[a, b, c]`: `Vec<T>`.
 *
 * @example
 * ```ts
 * import { decodeRon, integer, list } from "@forgepoint/forge/ron";
 *
 * decodeRon("[1, 2]", list(integer("u8"))).value; // [1, 2]
 * ```
 */
export function list<T>(inner: Schema<T>): ListSchema<T> {
  return { kind: "list", inner };
}

/**
 * `{key: value}`: `HashMap<K, V>`; the last of equal keys wins.
 *
 * @example
 * ```ts
 * import { decodeRon, integer, map, string } from "@forgepoint/forge/ron";
 *
 * decodeRon(`{"a": 1}`, map(string(), integer("u8"))).value; // Map { "a" => 1 }
 * ```
 */
export function map<K, V>(key: Schema<K>, value: Schema<V>): MapSchema<K, V> {
  return { kind: "map", key, value };
}

/**
 * `(a, b)`.
 *
 * @example
 * ```ts
 * import { bool, decodeRon, integer, tuple } from "@forgepoint/forge/ron";
 *
 * decodeRon("(1, true)", tuple(integer("u8"), bool())).value; // [1, true]
 * ```
 */
export function tuple<const S extends readonly Schema<unknown>[]>(
  ...items: S
): TupleSchema<InferItems<S>> {
  const expecting = `a tuple of size ${items.length}`;
  return { kind: "tuple", name: undefined, items, expecting };
}

/**
 * `[T; length]`, which RON writes with parentheses.
 *
 * @example
 * ```ts
 * import { array, decodeRon, integer } from "@forgepoint/forge/ron";
 *
 * decodeRon("(1, 2)", array(integer("u8"), 2)).value; // [1, 2]
 * ```
 */
export function array<T>(
  inner: Schema<T>,
  length: number,
): TupleSchema<readonly T[]> {
  return {
    kind: "tuple",
    name: undefined,
    items: Array.from({ length }, () => inner),
    expecting: `an array of length ${length}`,
  };
}

/** How serde counts the elements of a tuple struct or variant. */
export function tupleExpecting(what: string, length: number): string {
  return `${what} with ${length} element${length === 1 ? "" : "s"}`;
}

/**
 * `struct Name(A, B);`
 *
 * @example
 * ```ts
 * import { decodeRon, integer, tupleStruct } from "@forgepoint/forge/ron";
 *
 * const Point = tupleStruct("Point", integer("i32"), integer("i32"));
 * decodeRon("Point(1, -1)", Point).value; // [1, -1]
 * ```
 */
export function tupleStruct<const S extends readonly Schema<unknown>[]>(
  name: string,
  ...items: S
): TupleSchema<InferItems<S>> {
  const expecting = tupleExpecting(`tuple struct ${name}`, items.length);
  return { kind: "tuple", name, items, expecting };
}

/**
 * `struct Name(T);`, decoded to what is inside.
 *
 * @example
 * ```ts
 * import { decodeRon, integer, newtype } from "@forgepoint/forge/ron";
 *
 * decodeRon("Port(80)", newtype("Port", integer("u16"))).value; // 80
 * ```
 */
export function newtype<T>(name: string, inner: Schema<T>): NewtypeSchema<T> {
  return { kind: "newtype", name, inner };
}

/**
 * `struct Name;`, decoded to null.
 *
 * @example
 * ```ts
 * import { decodeRon, unitStruct } from "@forgepoint/forge/ron";
 *
 * decodeRon("Nothing", unitStruct("Nothing")).value; // null
 * ```
 */
export function unitStruct(name: string): UnitStructSchema {
  return { kind: "unitStruct", name };
}

/**
 * A field that must be there, unless it is an option: then it is None.
 *
 * @example
 * ```ts
 * import { decodeRon, field, integer, struct } from "@forgepoint/forge/ron";
 *
 * const Server = struct("Server", { port: field(integer("u16")) });
 * decodeRon("(port: 80)", Server).value; // { port: 80 }
 * ```
 */
export function field<T>(schema: Schema<T>): Field<T> {
  const presence = schema.kind === "option" ? "optional" : "required";
  return { schema, presence, fallback: () => undefined as T };
}

/**
 * A field that is undefined when it is missing.
 *
 * @example
 * ```ts
 * import {
 *   decodeRon,
 *   integer,
 *   optionalField,
 *   struct,
 * } from "@forgepoint/forge/ron";
 *
 * const Server = struct("Server", { port: optionalField(integer("u16")) });
 * decodeRon("()", Server).value; // { port: undefined }
 * ```
 */
export function optionalField<T>(schema: Schema<T>): Field<T | undefined> {
  return { schema, presence: "optional", fallback: () => undefined };
}

/**
 * A field with a value for when it is missing: `#[serde(default = ...)]`. A
 * function is called for each value, so that none is shared.
 *
 * @example
 * ```ts
 * import {
 *   decodeRon,
 *   defaultField,
 *   integer,
 *   struct,
 * } from "@forgepoint/forge/ron";
 *
 * const Server = struct("Server", { port: defaultField(integer("u16"), 80) });
 * decodeRon("()", Server).value; // { port: 80 }
 * ```
 */
export function defaultField<T>(
  schema: Schema<T>,
  fallback: T | (() => T),
): Field<T> {
  const make = typeof fallback === "function"
    ? fallback as () => T
    : () => fallback;
  return { schema, presence: "default", fallback: make };
}

/**
 * `struct Name { ... }`
 *
 * @example
 * ```ts
 * import {
 *   bool,
 *   decodeRon,
 *   defaultField,
 *   field,
 *   integer,
 *   string,
 *   struct,
 * } from "@forgepoint/forge/ron";
 *
 * const Server = struct("Server", {
 *   host: field(string()),
 *   port: field(integer("u16")),
 *   tls: defaultField(bool(), true),
 * });
 * decodeRon(`Server(host: "a", port: 80)`, Server).value;
 * // { host: "a", port: 80, tls: true }
 * ```
 */
export function struct<F extends Fields>(
  name: string,
  fields: F,
  options: StructOptions = {},
): StructSchema<InferFields<F>> {
  const named = Object.entries(fields).map(([key, value]) => ({
    ...value,
    name: key,
  }));
  const names = named.map((each) => each.name);
  return {
    kind: "struct",
    name,
    fields: named,
    names,
    places: new Map(names.map((each, index) => [each, index])),
    denyUnknown: options.denyUnknown ?? false,
  };
}
