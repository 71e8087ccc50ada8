/** Enums: variants by name, decoded to objects with a `kind`. */
import type {
  EnumSchema,
  Fields,
  InferFields,
  InferItems,
  Schema,
  StructOptions,
  StructSchema,
  Variant,
} from "./schema.ts";
import { struct } from "./schema.ts";

/** `A` */
export interface UnitVariant {
  /** Which kind of variant this is. */
  readonly kind: "unit";
}

/** `B(value)` */
export interface NewtypeVariant<T> {
  /** Which kind of variant this is. */
  readonly kind: "newtype";
  /** The shape of the content. */
  readonly inner: Schema<T>;
}

/** `C(a, b)` */
export interface TupleVariant<S extends readonly Schema<unknown>[]> {
  /** Which kind of variant this is. */
  readonly kind: "tuple";
  /** The shapes of the contents. */
  readonly items: S;
}

/** `D(x: a, y: b)` */
export interface StructVariant<T> {
  /** Which kind of variant this is. */
  readonly kind: "struct";
  /** The fields of the content. */
  readonly fields: StructSchema<T>;
}

/** What a variant called `K` decodes to. */
export type InferVariant<K, V> = V extends UnitVariant ? { readonly kind: K }
  : V extends NewtypeVariant<infer T> ? {
      readonly kind: K;
      readonly value: T;
    }
  : V extends TupleVariant<infer S> ? {
      readonly kind: K;
      readonly value: InferItems<S>;
    }
  : V extends StructVariant<infer T> ? {
      readonly kind: K;
      readonly value: T;
    }
  : never;

/** What an enum with these variants decodes to. */
export type InferVariants<V> = {
  [K in keyof V]: InferVariant<K, V[K]>;
}[keyof V];

/**
 * A variant without content: `A`.
 *
 * @example
 * ```ts
 * import { decodeRon, enumeration, unitVariant } from "@forgepoint/forge/ron";
 *
 * const Mode = enumeration("Mode", { Fast: unitVariant(), Safe: unitVariant() });
 * decodeRon("Fast", Mode).value; // { kind: "Fast" }
 * ```
 */
export function unitVariant(): UnitVariant {
  return { kind: "unit" };
}

/**
 * A variant around one value: `B(value)`.
 *
 * @example
 * ```ts
 * import {
 *   decodeRon,
 *   enumeration,
 *   newtypeVariant,
 *   string,
 * } from "@forgepoint/forge/ron";
 *
 * const Name = enumeration("Name", { Tag: newtypeVariant(string()) });
 * decodeRon(`Tag("v1")`, Name).value; // { kind: "Tag", value: "v1" }
 * ```
 */
export function newtypeVariant<T>(inner: Schema<T>): NewtypeVariant<T> {
  return { kind: "newtype", inner };
}

/**
 * A variant around several values: `C(a, b)`.
 *
 * @example
 * ```ts
 * import {
 *   decodeRon,
 *   enumeration,
 *   integer,
 *   tupleVariant,
 * } from "@forgepoint/forge/ron";
 *
 * const Shape = enumeration("Shape", {
 *   Box: tupleVariant(integer("u8"), integer("u8")),
 * });
 * decodeRon("Box(2, 3)", Shape).value; // { kind: "Box", value: [2, 3] }
 * ```
 */
export function tupleVariant<const S extends readonly Schema<unknown>[]>(
  ...items: S
): TupleVariant<S> {
  return { kind: "tuple", items };
}

/**
 * A variant with named fields: `D(x: a)`.
 *
 * @example
 * ```ts
 * import {
 *   decodeRon,
 *   enumeration,
 *   field,
 *   integer,
 *   structVariant,
 * } from "@forgepoint/forge/ron";
 *
 * const Shape = enumeration("Shape", {
 *   Circle: structVariant({ radius: field(integer("u8")) }),
 * });
 * decodeRon("Circle(radius: 2)", Shape).value;
 * // { kind: "Circle", value: { radius: 2 } }
 * ```
 */
export function structVariant<F extends Fields>(
  fields: F,
  options: StructOptions = {},
): StructVariant<InferFields<F>> {
  return { kind: "struct", fields: struct("", fields, options) };
}

/**
 * `enum Name { ... }`. A unit variant decodes to `{ kind }`, every other to
 * `{ kind, value }`.
 *
 * @example
 * ```ts
 * import { enumeration, newtypeVariant, string } from "@forgepoint/forge/ron";
 * import { decodeRon } from "@forgepoint/forge/ron";
 *
 * const Reference = enumeration("Reference", {
 *   Tag: newtypeVariant(string()),
 *   Digest: newtypeVariant(string()),
 * });
 * decodeRon('Tag("v1")', Reference).value; // { kind: "Tag", value: "v1" }
 * ```
 */
export function enumeration<
  const V extends Readonly<Record<string, Variant>>,
>(name: string, variants: V): EnumSchema<InferVariants<V>> {
  return {
    kind: "enum",
    name,
    variants: new Map(Object.entries(variants)),
    names: Object.keys(variants),
  };
}
