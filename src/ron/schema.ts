/**
 * Shapes: what a text should hold, as plain data. Decoding follows serde's
 * derive rules for the Rust type that a shape describes.
 */
import type { FloatKind } from "./floats.ts";
import type { IntegerKind } from "./integers.ts";
import type { RonValue } from "./value.ts";

/** A shape that decodes to `T`. Build them with the functions of this module. */
export interface Schema<T> {
  /** Which shape this is. */
  readonly kind: string;
  /** Never set: carries the type for {@linkcode Infer}. */
  readonly decoded?: T;
}

/**
 * What a schema decodes to.
 *
 * @example
 * ```ts
 * import { type Infer, field, string, struct } from "@forgepoint/forge/ron";
 *
 * const Point = struct("Point", { label: field(string()) });
 * const point: Infer<typeof Point> = { label: "home" };
 * ```
 */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** Shapes without parts. */
export interface ScalarSchema<T> extends Schema<T> {
  readonly kind: "any" | "bool" | "bytes" | "char" | "string" | "unit";
}

/** Integers. */
export interface IntegerSchema<T> extends Schema<T> {
  readonly kind: "integer";
  readonly integer: IntegerKind;
}

/** Floats. */
export interface FloatSchema extends Schema<number> {
  readonly kind: "float";
  readonly float: FloatKind;
}

/** `Option<T>`. */
export interface OptionSchema<T> extends Schema<T | undefined> {
  readonly kind: "option";
  readonly inner: Schema<T>;
}

/** `Vec<T>`. */
export interface ListSchema<T> extends Schema<readonly T[]> {
  readonly kind: "list";
  readonly inner: Schema<T>;
}

/** `HashMap<K, V>`. */
export interface MapSchema<K, V> extends Schema<ReadonlyMap<K, V>> {
  readonly kind: "map";
  readonly key: Schema<K>;
  readonly value: Schema<V>;
}

/** Tuples, arrays and tuple structs. */
export interface TupleSchema<T> extends Schema<T> {
  readonly kind: "tuple";
  /** The name of a tuple struct. */
  readonly name: string | undefined;
  readonly items: readonly Schema<unknown>[];
  /** What serde calls it when the length is wrong. */
  readonly expecting: string;
}

/** `struct Name(T);` */
export interface NewtypeSchema<T> extends Schema<T> {
  readonly kind: "newtype";
  readonly name: string;
  readonly inner: Schema<T>;
}

/** `struct Name;` */
export interface UnitStructSchema extends Schema<null> {
  readonly kind: "unitStruct";
  readonly name: string;
}

/** What happens when a field is not there. */
export type Presence = "default" | "optional" | "required";

/** A field of a struct. */
export interface Field<T> {
  readonly schema: Schema<unknown>;
  readonly presence: Presence;
  /** Makes the value of a missing field. */
  readonly fallback: () => T;
  /** Never set: carries the type. */
  readonly decoded?: T;
}

/** A field with its name, as decoding wants it. */
export interface NamedField extends Field<unknown> {
  readonly name: string;
}

/** Fields by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What the fields of a struct decode to. */
export type InferFields<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** Named fields: of a struct, or of a struct variant. */
export interface StructSchema<T> extends Schema<T> {
  readonly kind: "struct";
  readonly name: string;
  readonly fields: readonly NamedField[];
  readonly places: ReadonlyMap<string, number>;
  readonly names: readonly string[];
  /** As `#[serde(deny_unknown_fields)]`: an error instead of a warning. */
  readonly denyUnknown: boolean;
}

/** A variant of an enum. */
export type Variant =
  | { readonly kind: "unit" }
  | { readonly kind: "newtype"; readonly inner: Schema<unknown> }
  | { readonly kind: "tuple"; readonly items: readonly Schema<unknown>[] }
  | { readonly kind: "struct"; readonly fields: StructSchema<unknown> };

/** `enum Name { ... }` */
export interface EnumSchema<T> extends Schema<T> {
  readonly kind: "enum";
  readonly name: string;
  readonly variants: ReadonlyMap<string, Variant>;
  readonly names: readonly string[];
}

/** Every schema that decoding knows. */
export type AnySchema =
  | EnumSchema<unknown>
  | FloatSchema
  | IntegerSchema<unknown>
  | ListSchema<unknown>
  | MapSchema<unknown, unknown>
  | NewtypeSchema<unknown>
  | OptionSchema<unknown>
  | ScalarSchema<unknown>
  | StructSchema<unknown>
  | TupleSchema<unknown>
  | UnitStructSchema;

/** Text: `String`. */
export function string(): ScalarSchema<string> {
  return { kind: "string" };
}

/** `true` or `false`: `bool`. */
export function bool(): ScalarSchema<boolean> {
  return { kind: "bool" };
}

/** One Unicode scalar value: `char`. */
export function char(): ScalarSchema<string> {
  return { kind: "char" };
}

/** `b"..."`, or a list of bytes: `serde_bytes::ByteBuf`. */
export function bytes(): ScalarSchema<Uint8Array> {
  return { kind: "bytes" };
}

/** `()`, decoded to null. */
export function unit(): ScalarSchema<null> {
  return { kind: "unit" };
}

/** Anything: the crate's `Value`. */
export function any(): ScalarSchema<RonValue> {
  return { kind: "any" };
}

/** An integer that is exact as a JavaScript number. */
export function integer(
  kind: Exclude<IntegerKind, "i64" | "u64">,
): IntegerSchema<number> {
  return { kind: "integer", integer: kind };
}

/** A 64-bit integer, decoded to a bigint. */
export function bigInteger(kind: "i64" | "u64"): IntegerSchema<bigint> {
  return { kind: "integer", integer: kind };
}

/** A float. */
export function float(kind: FloatKind): FloatSchema {
  return { kind: "float", float: kind };
}

/** `None` (undefined) or `Some(inner)`. */
export function option<T>(inner: Schema<T>): OptionSchema<T> {
  return { kind: "option", inner };
}

/** `[a, b, c]`: `Vec<T>`. */
export function list<T>(inner: Schema<T>): ListSchema<T> {
  return { kind: "list", inner };
}

/** `{key: value}`: `HashMap<K, V>`; the last of equal keys wins. */
export function map<K, V>(key: Schema<K>, value: Schema<V>): MapSchema<K, V> {
  return { kind: "map", key, value };
}

/** What a row of schemas decodes to. */
export type InferItems<S extends readonly Schema<unknown>[]> = {
  readonly [K in keyof S]: Infer<S[K]>;
};

/** `(a, b)`. */
export function tuple<const S extends readonly Schema<unknown>[]>(
  ...items: S
): TupleSchema<InferItems<S>> {
  const expecting = `a tuple of size ${items.length}`;
  return { kind: "tuple", name: undefined, items, expecting };
}

/** `[T; length]`, which RON writes with parentheses. */
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

/** `struct Name(A, B);` */
export function tupleStruct<const S extends readonly Schema<unknown>[]>(
  name: string,
  ...items: S
): TupleSchema<InferItems<S>> {
  const expecting = tupleExpecting(`tuple struct ${name}`, items.length);
  return { kind: "tuple", name, items, expecting };
}

/** `struct Name(T);`, decoded to what is inside. */
export function newtype<T>(name: string, inner: Schema<T>): NewtypeSchema<T> {
  return { kind: "newtype", name, inner };
}

/** `struct Name;`, decoded to null. */
export function unitStruct(name: string): UnitStructSchema {
  return { kind: "unitStruct", name };
}

/** A field that must be there, unless it is an option: then it is None. */
export function field<T>(schema: Schema<T>): Field<T> {
  const presence = schema.kind === "option" ? "optional" : "required";
  return { schema, presence, fallback: () => undefined as T };
}

/** A field that is undefined when it is missing. */
export function optionalField<T>(schema: Schema<T>): Field<T | undefined> {
  return { schema, presence: "optional", fallback: () => undefined };
}

/**
 * A field with a value for when it is missing: `#[serde(default = ...)]`. A
 * function is called for each value, so that none is shared.
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

/** How a struct treats what it does not know. */
export interface StructOptions {
  /** Refuse unknown fields instead of warning about them. Default: false. */
  readonly denyUnknown?: boolean;
}

/** `struct Name { ... }` */
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
