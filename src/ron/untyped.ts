/** Values whose type nobody asked for, read as the crate's `Value` is. */
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { atWord, eatWord, skipIdentifier } from "./identifiers.ts";
import { contentTypeHere, structTypeHere } from "./lookahead.ts";
import { unexpectedChar } from "./messages.ts";
import {
  readNumber,
  readRangeAfter,
  readRangeTo,
  readSpecialFloat,
} from "./ranges.ts";
import { readByteString, readChar, readString } from "./strings.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { readFields, readMap, readSeq } from "./untyped_collections.ts";
import type { RonValue } from "./value.ts";
import { FALSE, NONE, TRUE, UNIT } from "./value.ts";
import { widthAt } from "./chars.ts";

const OPEN = 0x28;
const CLOSE = 0x29;
const CLOSE_LIST = 0x5d;

/** Reads one value; trivia before it is behind the cursor. */
export function readUntyped(cursor: Cursor): RonValue {
  if (cursor.newtypeVariant) {
    const unwrapped = readUnwrapped(cursor);
    if (unwrapped !== undefined) return unwrapped;
  }
  const code = cursor.text.charCodeAt(cursor.pos);
  switch (code) {
    case 0x22:
      return { type: "string", value: readString(cursor) };
    case OPEN:
      if (cursor.eatText("()")) return UNIT;
      return readStructLike(cursor);
    case 0x5b:
      return readSeq(cursor, CLOSE_LIST);
    case 0x7b:
      return readMap(cursor);
    case 0x27:
      return { type: "char", value: readChar(cursor) };
  }
  return readWord(cursor) ?? readName(cursor) ?? readPlain(cursor, code);
}

/** Under `unwrap_variant_newtypes`: content without parentheses of its own. */
function readUnwrapped(cursor: Cursor): RonValue | undefined {
  if (cursor.legacy) {
    cursor.newtypeVariant = false;
    return undefined;
  }
  if (cursor.text.charCodeAt(cursor.pos) === CLOSE) {
    cursor.newtypeVariant = false;
    return UNIT;
  }
  const type = contentTypeHere(cursor);
  if (type === "named") return readFields(cursor);
  if (type === "tuple") return readSeq(cursor, CLOSE);
  cursor.newtypeVariant = false;
  return undefined;
}

/** Reads the words that are values of their own. */
function readWord(cursor: Cursor): RonValue | undefined {
  switch (cursor.text.charCodeAt(cursor.pos)) {
    case 0x74:
      return eatWord(cursor, "true") ? TRUE : undefined;
    case 0x66:
      return eatWord(cursor, "false") ? FALSE : undefined;
    case 0x53:
      return atWord(cursor, "Some") ? readOption(cursor) : undefined;
    case 0x4e:
      if (eatWord(cursor, "None")) return NONE;
      break;
    case 0x69:
      break;
    default:
      return undefined;
  }
  const special = readSpecialFloat(cursor);
  return special === undefined ? undefined : readRangeAfter(cursor, special);
}

function readName(cursor: Cursor): RonValue | undefined {
  if (!skipIdentifier(cursor)) return undefined;
  skipTrivia(cursor);
  return readStructLike(cursor);
}

function readPlain(cursor: Cursor, code: number): RonValue {
  if (cursor.pos >= cursor.text.length) fail("Eof");
  const digit = code >= 0x30 && code <= 0x39;
  if (digit || code === 0x2b || code === 0x2d || code === 0x2e) {
    return readRangeTo(cursor) ?? readRangeAfter(cursor, readNumber(cursor));
  }
  if (code === 0x62 && !cursor.legacy) return readByteLike(cursor);
  if (code === 0x72) return { type: "string", value: readString(cursor) };
  const { text, pos } = cursor;
  throw unexpectedChar(text.slice(pos, pos + widthAt(text, pos)));
}

function readByteLike(cursor: Cursor): RonValue {
  if (cursor.text.startsWith("b'", cursor.pos)) {
    return readRangeAfter(cursor, readNumber(cursor));
  }
  return { type: "bytes", value: readByteString(cursor) };
}

/** Reads `Some(value)`; `Some` is next. */
function readOption(cursor: Cursor): RonValue {
  cursor.advance(4);
  skipTrivia(cursor);
  if (!cursor.eat(OPEN)) {
    if (!cursor.implicitSome) fail("ExpectedOption");
    cursor.guard();
    const value = readUntyped(cursor);
    cursor.budget++;
    return { type: "option", value };
  }
  skipTrivia(cursor);
  cursor.newtypeVariant = cursor.unwrapVariantNewtypes && !cursor.legacy;
  cursor.guard();
  const value = readUntyped(cursor);
  cursor.budget++;
  cursor.newtypeVariant = false;
  skipComma(cursor);
  if (!cursor.eat(CLOSE)) fail("ExpectedOptionEnd");
  return { type: "option", value };
}

/** Reads what may follow a name: nothing, `(fields)` or `(elements)`. */
function readStructLike(cursor: Cursor): RonValue {
  const type = structTypeHere(cursor);
  if (type === "unit") return UNIT;
  return type === "named" ? readFields(cursor) : readSeq(cursor, CLOSE);
}
