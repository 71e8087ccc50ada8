/** Decoded values as serde would print them in JSON, for comparing. */
import type {
  AnySchema,
  EnumSchema,
  Schema,
  StructSchema,
  Variant,
} from "./schema.ts";

/**
 * Turns a decoded value into the JSON value that serde would write for the
 * same Rust value: enums as `"A"` or `{"B": ...}`, options as null or the
 * value, maps as objects, bytes as lists. 64-bit integers stay bigints.
 *
 * @example
 * ```ts
 * import { enumeration, newtypeVariant, string } from "@forgepoint/forge/ron";
 * import { toSerdeJson } from "@forgepoint/forge/ron";
 *
 * const Reference = enumeration("Reference", { Tag: newtypeVariant(string()) });
 * toSerdeJson({ kind: "Tag", value: "v1" }, Reference); // { Tag: "v1" }
 * ```
 */
export function toSerdeJson<T>(value: T, schema: Schema<T>): unknown {
  const shape = schema as AnySchema;
  switch (shape.kind) {
    case "option":
      return value === undefined ? null : toSerdeJson(value, shape.inner);
    case "newtype":
      return toSerdeJson(value as unknown, shape.inner);
    case "list":
      return items(value).map((item) => toSerdeJson(item, shape.inner));
    case "tuple":
      return items(value).map((item, i) => toSerdeJson(item, shape.items[i]!));
    case "map":
      return Object.fromEntries(
        Array.from(value as ReadonlyMap<unknown, unknown>, ([k, v]) => [
          String(toSerdeJson(k, shape.key)),
          toSerdeJson(v, shape.value),
        ]),
      );
    case "struct":
      return structJson(value, shape);
    case "enum":
      return enumJson(value, shape);
    case "bytes":
      return Array.from(value as Uint8Array);
    default:
      return value;
  }
}

function items(value: unknown): readonly unknown[] {
  return value as readonly unknown[];
}

function structJson(value: unknown, schema: StructSchema<unknown>): unknown {
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    schema.fields.map((each) => [
      each.name,
      toSerdeJson(fields[each.name], each.schema),
    ]),
  );
}

function enumJson(value: unknown, schema: EnumSchema<unknown>): unknown {
  const { kind, value: content } = value as { kind: string; value?: unknown };
  const variant = schema.variants.get(kind)!;
  if (variant.kind === "unit") return kind;
  return { [kind]: contentJson(content, variant) };
}

function contentJson(content: unknown, variant: Variant): unknown {
  if (variant.kind === "newtype") return toSerdeJson(content, variant.inner);
  if (variant.kind === "struct") return toSerdeJson(content, variant.fields);
  if (variant.kind === "unit") return null;
  return items(content).map((item, i) => toSerdeJson(item, variant.items[i]!));
}
