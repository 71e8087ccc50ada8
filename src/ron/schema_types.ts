/** What shapes are, as plain data, and what they decode to. */
import type { FloatKind } from "./floats.ts";
import type { IntegerKind } from "./integer_kinds.ts";

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
  /** Which shape this is. */
  readonly kind: "any" | "bool" | "bytes" | "char" | "string" | "unit";
}

/** Integers. */
export interface IntegerSchema<T> extends Schema<T> {
  /** Which shape this is. */
  readonly kind: "integer";
  /** The Rust type. */
  readonly integer: IntegerKind;
}

/** Floats. */
export interface FloatSchema extends Schema<number> {
  /** Which shape this is. */
  readonly kind: "float";
  /** The Rust type. */
  readonly float: FloatKind;
}

/** `Option<T>`. */
export interface OptionSchema<T> extends Schema<T | undefined> {
  /** Which shape this is. */
  readonly kind: "option";
  /** The shape inside. */
  readonly inner: Schema<T>;
}

/** `Vec<T>`. */
export interface ListSchema<T> extends Schema<readonly T[]> {
  /** Which shape this is. */
  readonly kind: "list";
  /** The shape inside. */
  readonly inner: Schema<T>;
}

/** `HashMap<K, V>`. */
export interface MapSchema<K, V> extends Schema<ReadonlyMap<K, V>> {
  /** Which shape this is. */
  readonly kind: "map";
  /** The shape of the keys. */
  readonly key: Schema<K>;
  /** The shape of the values. */
  readonly value: Schema<V>;
}

/** Tuples, arrays and tuple structs. */
export interface TupleSchema<T> extends Schema<T> {
  /** Which shape this is. */
  readonly kind: "tuple";
  /** The name of a tuple struct. */
  readonly name: string | undefined;
  /** The shapes of the elements. */
  readonly items: readonly Schema<unknown>[];
  /** What serde calls it when the length is wrong. */
  readonly expecting: string;
}

/** `struct Name(T);` */
export interface NewtypeSchema<T> extends Schema<T> {
  /** Which shape this is. */
  readonly kind: "newtype";
  /** The name in the Rust source. */
  readonly name: string;
  /** The shape inside. */
  readonly inner: Schema<T>;
}

/** `struct Name;` */
export interface UnitStructSchema extends Schema<null> {
  /** Which shape this is. */
  readonly kind: "unitStruct";
  /** The name in the Rust source. */
  readonly name: string;
}

/** What happens when a field is not there. */
export type Presence = "default" | "optional" | "required";

/** A field of a struct. */
export interface Field<T> {
  /** The shape of the value. */
  readonly schema: Schema<unknown>;
  /** What happens when it is not there. */
  readonly presence: Presence;
  /** Makes the value of a missing field. */
  readonly fallback: () => T;
  /** Never set: carries the type. */
  readonly decoded?: T;
}

/** A field with its name, as decoding wants it. */
export interface NamedField extends Field<unknown> {
  /** The name in the Rust source. */
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
  /** Which shape this is. */
  readonly kind: "struct";
  /** The name in the Rust source. */
  readonly name: string;
  /** The fields in the order of the Rust source. */
  readonly fields: readonly NamedField[];
  /** The place of each field by its name. */
  readonly places: ReadonlyMap<string, number>;
  /** Every name, for error messages. */
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
  /** Which shape this is. */
  readonly kind: "enum";
  /** The name in the Rust source. */
  readonly name: string;
  /** The variants by name. */
  readonly variants: ReadonlyMap<string, Variant>;
  /** Every name, for error messages. */
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

/** What a row of schemas decodes to. */
export type InferItems<S extends readonly Schema<unknown>[]> = {
  readonly [K in keyof S]: Infer<S[K]>;
};

/** How a struct treats what it does not know. */
export interface StructOptions {
  /** Refuse unknown fields instead of warning about them. Default: false. */
  readonly denyUnknown?: boolean;
}
