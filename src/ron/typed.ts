/** Values of a shape that is asked for, read as serde's derive reads them. */
import { decodeBase64 } from "./base64.ts";
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { readFloat } from "./floats.ts";
import { eatStructName, eatWord, readIdentifier } from "./identifiers.ts";
import { readInteger } from "./integers.ts";
import {
  debugBytes,
  debugString,
  differentLength,
  invalidValue,
  namedStructLike,
  noSuchVariant,
} from "./messages.ts";
import { elementStart, recoverElement } from "./recovery.ts";
import type {
  AnySchema,
  EnumSchema,
  ListSchema,
  MapSchema,
  NewtypeSchema,
  OptionSchema,
  ScalarSchema,
  Schema,
  TupleSchema,
} from "./schema.ts";
import { tupleExpecting } from "./schema.ts";
import { readByteString, readChar, readString } from "./strings.ts";
import { readStruct, readStructBody } from "./struct_reader.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { DecodedMap } from "./decoded_map.ts";
import { hasElement, readUntyped, skipColon } from "./untyped.ts";

const OPEN = 0x28;
const CLOSE = 0x29;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** Reads one value of the shape; trivia before it is behind the cursor. */
export function readTyped(cursor: Cursor, schema: Schema<unknown>): unknown {
  const shape = schema as AnySchema;
  switch (shape.kind) {
    case "string":
      return readString(cursor);
    case "struct":
      return readStruct(cursor, shape);
    case "enum":
      return readEnum(cursor, shape);
    case "option":
      return readOption(cursor, shape);
    case "list":
      return readList(cursor, shape);
    case "map":
      return readMap(cursor, shape);
    case "integer": {
      const { value } = readInteger(cursor, shape.integer);
      return shape.integer.endsWith("64") ? BigInt(value) : value;
    }
    case "float":
      return readFloat(cursor, shape.float).value;
    case "tuple":
      return readTuple(cursor, shape);
    case "newtype":
      return readNewtype(cursor, shape);
    case "unitStruct":
      return readUnitStruct(cursor, shape.name);
    default:
      return readScalar(cursor, shape);
  }
}

function readScalar(cursor: Cursor, schema: ScalarSchema<unknown>): unknown {
  switch (schema.kind) {
    case "bool":
      return readBool(cursor);
    case "char":
      return readChar(cursor);
    case "bytes":
      return readBytes(cursor);
    case "unit":
      return readUnit(cursor);
    default:
      return readUntyped(cursor);
  }
}

/** 0.8.1 looked at the letters only, not at where the word ends. */
function eatKeyword(cursor: Cursor, word: string): boolean {
  return cursor.legacy ? cursor.eatText(word) : eatWord(cursor, word);
}

function readBool(cursor: Cursor): boolean {
  if (eatKeyword(cursor, "true")) return true;
  if (eatKeyword(cursor, "false")) return false;
  fail("ExpectedBoolean");
}

function readUnit(cursor: Cursor): null {
  if (!cursor.newtypeVariant && !cursor.eatText("()")) fail("ExpectedUnit");
  cursor.newtypeVariant = false;
  return null;
}

function readUnitStruct(cursor: Cursor, name: string): null {
  if (!cursor.newtypeVariant && !eatStructName(cursor, name)) {
    return readUnit(cursor);
  }
  cursor.newtypeVariant = false;
  return null;
}

const BYTE: Schema<number> & { kind: "integer"; integer: "u8" } = {
  kind: "integer",
  integer: "u8",
};

function readBytes(cursor: Cursor): Uint8Array {
  const code = cursor.text.charCodeAt(cursor.pos);
  if (code === OPEN_LIST) {
    const items = readList(cursor, { kind: "list", inner: BYTE });
    return Uint8Array.from(items as readonly number[]);
  }
  if (cursor.legacy) {
    const decoded = decodeBase64(readString(cursor), { strictBits: true });
    return decoded ?? fail("ExpectedByteString");
  }
  if (code !== 0x22 && code !== 0x72) return readByteString(cursor);
  const text = readString(cursor);
  const decoded = decodeBase64(text, { strictBits: false });
  if (decoded === undefined) fail("ExpectedByteString");
  throw invalidValue(
    `the Rusty byte string b"${debugBytes(decoded)}"`,
    `the ambiguous base64 string ${debugString(text)}`,
  );
}

function readOption(cursor: Cursor, schema: OptionSchema<unknown>): unknown {
  if (eatKeyword(cursor, "None")) return undefined;
  if (eatKeyword(cursor, "Some")) {
    skipTrivia(cursor);
    if (cursor.eat(OPEN)) return readSome(cursor, schema);
  }
  if (!cursor.implicitSome) fail("ExpectedOption");
  cursor.guard();
  const value = readTyped(cursor, schema.inner);
  cursor.budget++;
  return value;
}

function readSome(cursor: Cursor, schema: OptionSchema<unknown>): unknown {
  skipTrivia(cursor);
  if (!cursor.legacy) cursor.newtypeVariant = cursor.unwrapVariantNewtypes;
  cursor.guard();
  const value = readTyped(cursor, schema.inner);
  cursor.budget++;
  if (!cursor.legacy) cursor.newtypeVariant = false;
  skipComma(cursor);
  if (!cursor.eat(CLOSE)) fail("ExpectedOptionEnd");
  return value;
}

function readNewtype(cursor: Cursor, schema: NewtypeSchema<unknown>): unknown {
  if (cursor.unwrapNewtypes || cursor.newtypeVariant) {
    cursor.newtypeVariant = false;
    cursor.guard();
    const value = readTyped(cursor, schema.inner);
    cursor.budget++;
    return value;
  }
  eatStructName(cursor, schema.name);
  skipTrivia(cursor);
  if (!cursor.eat(OPEN)) {
    throw schema.name === ""
      ? structLike(cursor)
      : namedStructLike(schema.name);
  }
  skipTrivia(cursor);
  cursor.guard();
  const value = readTyped(cursor, schema.inner);
  cursor.budget++;
  skipComma(cursor);
  if (!cursor.eat(CLOSE)) fail("ExpectedStructLikeEnd");
  return value;
}

/** The error for a missing `(`, which a tuple struct around it renames. */
export function structLike(cursor: Cursor): Failure {
  if (cursor.tupleStruct !== undefined) {
    return namedStructLike(cursor.tupleStruct);
  }
  return new Failure("ExpectedStructLike", "Expected opening `(`", {
    slot: "variant",
  });
}

function readList(cursor: Cursor, schema: ListSchema<unknown>): unknown[] {
  cursor.newtypeVariant = false;
  if (!cursor.eat(OPEN_LIST)) fail("ExpectedArray", { slot: "list" });
  cursor.guard();
  const start = elementStart(cursor);
  const items: unknown[] = [];
  let comma = true;
  while (hasElement(cursor, CLOSE_LIST, comma)) {
    const pos = cursor.pos;
    try {
      cursor.guard();
      items.push(readTyped(cursor, schema.inner));
      cursor.budget++;
      comma = skipComma(cursor);
    } catch (error) {
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE_LIST);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  cursor.eat(CLOSE_LIST);
  return items;
}

function readMap(
  cursor: Cursor,
  schema: MapSchema<unknown, unknown>,
): ReadonlyMap<unknown, unknown> {
  cursor.newtypeVariant = false;
  if (!cursor.eat(OPEN_MAP)) fail("ExpectedMap", { slot: "map" });
  cursor.guard();
  const start = elementStart(cursor);
  const entries = new DecodedMap();
  let comma = true;
  while (hasElement(cursor, CLOSE_MAP, comma)) {
    const pos = cursor.pos;
    try {
      cursor.guard();
      const key = readTyped(cursor, schema.key);
      const end = cursor.pos;
      cursor.budget++;
      skipColon(cursor);
      cursor.guard();
      const value = readTyped(cursor, schema.value);
      cursor.budget++;
      comma = skipComma(cursor);
      if (!entries.set(key, value)) {
        cursor.repeatedKeys.push({ start: pos, end });
      }
    } catch (error) {
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE_MAP);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  cursor.eat(CLOSE_MAP);
  return entries.map;
}

function readTuple(cursor: Cursor, schema: TupleSchema<unknown>): unknown[] {
  const { name, items, expecting } = schema;
  if (name === undefined) return readElements(cursor, items, expecting);
  if (!cursor.newtypeVariant) eatStructName(cursor, name);
  const around = cursor.tupleStruct;
  if (name !== "") cursor.tupleStruct = name;
  const values = readElements(cursor, items, expecting);
  cursor.tupleStruct = around;
  return values;
}

/** Reads the parentheses of a tuple and what they hold. */
function readElements(
  cursor: Cursor,
  items: readonly Schema<unknown>[],
  expecting: string,
): unknown[] {
  const unwrapped = cursor.newtypeVariant;
  if (!unwrapped && !cursor.eat(OPEN)) throw structLike(cursor);
  cursor.newtypeVariant = false;
  cursor.guard();
  const start = elementStart(cursor);
  const values: unknown[] = [];
  let comma = true;
  for (const item of items) {
    if (!hasElement(cursor, CLOSE, comma)) {
      throw differentLength(expecting, values.length);
    }
    const pos = cursor.pos;
    try {
      cursor.guard();
      values.push(readTyped(cursor, item));
      cursor.budget++;
      comma = skipComma(cursor);
    } catch (error) {
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE);
      values.push(undefined);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  if (!unwrapped && !cursor.eat(CLOSE)) fail("ExpectedStructLikeEnd");
  return values;
}

function readEnum(cursor: Cursor, schema: EnumSchema<unknown>): unknown {
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
    throw new Failure(error.code, error.message, { candidates, slot: "enum" });
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
