/** Typed values to text: the inverse of decoding. */
import type { Piece } from "./layout.ts";
import { group, plainRow, render } from "./layout.ts";
import {
  bytesLiteral,
  charLiteral,
  floatText,
  identifierText,
  stringLiteral,
} from "./literals.ts";
import type {
  AnySchema,
  EnumSchema,
  NamedField,
  Schema,
  StructSchema,
} from "./schema.ts";
import type { StringifyOptions } from "./stringify.ts";
import { layoutOptions, pieceOf, wrap } from "./stringify.ts";
import type { RonValue } from "./value.ts";

/** How to write a typed value. */
export interface EncodeOptions extends StringifyOptions {
  /** Write the names of structs: `Point(x: 1)`. Default: true. */
  readonly structNames?: boolean;
}

/**
 * Writes a typed value as its schema reads it. Optional fields that are
 * undefined are left out.
 *
 * @example
 * ```ts
 * import { encodeRon, field, option, string, struct } from "@forgepoint/forge/ron";
 *
 * const Settings = struct("Settings", { cache_dir: field(option(string())) });
 * encodeRon({ cache_dir: "x" }, Settings); // Settings(cache_dir: Some("x"))
 * ```
 */
export function encodeRon<T>(
  value: T,
  schema: Schema<T>,
  options: EncodeOptions = {},
): string {
  const names = options.structNames ?? true;
  return render(encode(value, schema, names), layoutOptions(options));
}

function encode(
  value: unknown,
  schema: Schema<unknown>,
  names: boolean,
): Piece {
  const shape = schema as AnySchema;
  const named = (name: string) => names ? identifierText(name) : "";
  switch (shape.kind) {
    case "struct":
      return encodeStruct(value, shape, named(shape.name), names);
    case "enum":
      return encodeEnum(value, shape, names);
    case "option":
      return value === undefined
        ? "None"
        : wrap("Some(", encode(value, shape.inner, names));
    case "list":
      return sequence("[", "]", value, () => shape.inner, names);
    case "tuple":
      return sequence(
        `${named(shape.name ?? "")}(`,
        ")",
        value,
        (index) => shape.items[index]!,
        names,
      );
    case "newtype":
      return wrap(`${named(shape.name)}(`, encode(value, shape.inner, names));
    case "unitStruct":
      return names ? identifierText(shape.name) : "()";
    case "map":
      return group(
        "{",
        "}",
        Array.from(
          value as ReadonlyMap<unknown, unknown>,
          ([key, each]) =>
            plainRow(
              `${flat(encode(key, shape.key, names))}: `,
              encode(each, shape.value, names),
            ),
        ),
      );
    case "integer":
      return String(value);
    case "float":
      return floatText(value as number);
    default:
      return encodeScalar(value, shape.kind);
  }
}

function flat(piece: Piece): string {
  return render(piece, layoutOptions({ indent: 0 }));
}

function encodeScalar(
  value: unknown,
  kind: "any" | "bool" | "bytes" | "char" | "string" | "unit",
): Piece {
  switch (kind) {
    case "string":
      return stringLiteral(value as string);
    case "char":
      return charLiteral(value as string);
    case "bytes":
      return bytesLiteral(value as Uint8Array);
    case "bool":
      return String(value);
    case "unit":
      return "()";
    case "any":
      return pieceOf(value as RonValue);
  }
}

function sequence(
  open: string,
  close: string,
  value: unknown,
  schemaAt: (index: number) => Schema<unknown>,
  names: boolean,
): Piece {
  const items = value as readonly unknown[];
  return group(
    open,
    close,
    items.map((each, index) =>
      plainRow("", encode(each, schemaAt(index), names))
    ),
  );
}

function encodeStruct(
  value: unknown,
  schema: StructSchema<unknown>,
  name: string,
  names: boolean,
): Piece {
  const fields = value as Readonly<Record<string, unknown>>;
  const present = (each: NamedField) =>
    each.presence !== "optional" || fields[each.name] !== undefined;
  return group(
    `${name}(`,
    ")",
    schema.fields.filter(present).map((each) =>
      plainRow(
        `${identifierText(each.name)}: `,
        encode(fields[each.name], each.schema, names),
      )
    ),
  );
}

function encodeEnum(
  value: unknown,
  schema: EnumSchema<unknown>,
  names: boolean,
): Piece {
  const { kind, value: content } = value as { kind: string; value?: unknown };
  const variant = schema.variants.get(kind);
  if (variant === undefined) {
    throw new TypeError(
      `Cannot write the enum "${schema.name}": it has no variant "${kind}"`,
    );
  }
  const name = identifierText(kind);
  if (variant.kind === "unit") return name;
  if (variant.kind === "newtype") {
    return wrap(`${name}(`, encode(content, variant.inner, names));
  }
  if (variant.kind === "struct") {
    return encodeStruct(content, variant.fields, name, names);
  }
  return sequence(
    `${name}(`,
    ")",
    content,
    (index) => variant.items[index]!,
    names,
  );
}
