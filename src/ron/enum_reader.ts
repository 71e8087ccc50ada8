/** Enums: a variant's name and what it holds. */
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { readIdentifier } from "./identifiers.ts";
import { noSuchVariant } from "./messages.ts";
import { structLike } from "./missing_parenthesis.ts";
import type { EnumSchema, Schema } from "./schema.ts";
import { tupleExpecting } from "./schema.ts";
import { readStructBody } from "./struct_reader.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { readTyped } from "./typed.ts";
import { readElements } from "./typed_collections.ts";

const OPEN = 0x28;
const CLOSE = 0x29;

/** Reads a variant of the enum. */
export function readEnum(cursor: Cursor, schema: EnumSchema<unknown>): unknown {
  cursor.newtypeVariant = false;
  cursor.guard();
  skipTrivia(cursor);
  cursor.guard();
  const kind = readVariantName(cursor, schema);
  cursor.budget++;
  const value = readVariant(cursor, schema, kind);
  cursor.budget++;
  return value;
}

function readVariantName(cursor: Cursor, schema: EnumSchema<unknown>): string {
  let kind: string;
  try {
    kind = readIdentifier(cursor);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const candidates = schema.names.map((name) =>
      schema.variants.get(name)!.kind === "unit" ? name : `${name}(...)`
    );
    const detail = { ...error.detail, candidates, slot: "enum" } as const;
    throw new Failure(error.code, error.message, detail);
  }
  if (schema.variants.has(kind)) return kind;
  throw noSuchVariant(kind, schema.names, schema.name);
}

function readVariant(
  cursor: Cursor,
  schema: EnumSchema<unknown>,
  kind: string,
): unknown {
  const variant = schema.variants.get(kind)!;
  if (variant.kind === "unit") return { kind };
  skipTrivia(cursor);
  if (variant.kind === "newtype") {
    return { kind, value: readVariantContent(cursor, variant.inner, kind) };
  }
  if (variant.kind === "struct") {
    const value = readStructBody(cursor, variant.fields, { variant: kind });
    return { kind, value };
  }
  const expecting = tupleExpecting(
    `tuple variant ${schema.name}::${kind}`,
    variant.items.length,
  );
  return { kind, value: readElements(cursor, variant.items, expecting) };
}

function readVariantContent(
  cursor: Cursor,
  inner: Schema<unknown>,
  kind: string,
): unknown {
  if (!cursor.eat(OPEN)) throw structLike(cursor);
  skipTrivia(cursor);
  cursor.newtypeVariant = cursor.unwrapVariantNewtypes;
  const around = cursor.outer;
  cursor.outer = kind;
  cursor.guard();
  const value = readTyped(cursor, inner);
  cursor.budget++;
  cursor.outer = around;
  cursor.newtypeVariant = false;
  skipComma(cursor);
  if (!cursor.eat(CLOSE)) fail("ExpectedStructLikeEnd");
  return value;
}
