/** Values of a shape that is asked for, read as serde's derive reads them. */
import { decodeBase64 } from "./base64.ts";
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { readEnum } from "./enum_reader.ts";
import { readFloat } from "./floats.ts";
import { eatStructName, eatWord } from "./identifiers.ts";
import { readInteger } from "./integers.ts";
import {
  debugBytes,
  debugString,
  invalidValue,
  namedStructLike,
} from "./messages.ts";
import { structLike } from "./missing_parenthesis.ts";
import type {
  AnySchema,
  NewtypeSchema,
  OptionSchema,
  ScalarSchema,
  Schema,
} from "./schema.ts";
import { readByteString, readChar, readString } from "./strings.ts";
import { readStruct } from "./struct_reader.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { readList, readMap, readTuple } from "./typed_collections.ts";
import { readUntyped } from "./untyped.ts";

const OPEN = 0x28;
const CLOSE = 0x29;
const OPEN_LIST = 0x5b;

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
