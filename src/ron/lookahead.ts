/**
 * What kind of parenthesis opens here: fields, elements, or nothing. The
 * answer costs one identifier of lookahead, except inside an unwrapped newtype
 * variant, where the whole value has to be skipped to find its first comma.
 */
import { widthAt } from "./chars.ts";
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { skipIdentifier } from "./identifiers.ts";
import {
  atByteString,
  readByteString,
  readChar,
  readString,
} from "./strings.ts";
import { skipTrivia } from "./trivia.ts";

/** What was found. */
export type StructType = "named" | "newtype" | "tuple" | "unit";

const OPEN = 0x28;
const CLOSE = 0x29;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Looks past an opening parenthesis, if there is one, and comes back. */
export function structTypeHere(cursor: Cursor): StructType {
  const start = cursor.pos;
  if (!cursor.eat(OPEN)) return "unit";
  if (cursor.legacy) return legacyStructType(cursor, start);
  skipTrivia(cursor);
  const named = nextCode(cursor) !== CLOSE && isNamed(cursor) === "named";
  cursor.pos = start;
  return named ? "named" : "tuple";
}

function legacyStructType(cursor: Cursor, start: number): StructType {
  skipTrivia(cursor);
  let named = false;
  if (skipIdentifier(cursor)) {
    skipTrivia(cursor);
    if (cursor.pos >= cursor.text.length) fail("Eof");
    named = nextCode(cursor) === COLON;
  }
  cursor.pos = start;
  return named ? "named" : "tuple";
}

function nextCode(cursor: Cursor): number {
  return cursor.text.charCodeAt(cursor.pos);
}

/** Reads the first identifier and tells what follows it. */
function isNamed(cursor: Cursor): StructType | undefined {
  if (!skipIdentifier(cursor)) return undefined;
  skipTrivia(cursor);
  const code = nextCode(cursor);
  if (code === COLON) return "named";
  if (code === CLOSE) return "newtype";
  if (code !== COMMA) return undefined;
  cursor.pos++;
  skipTrivia(cursor);
  return nextCode(cursor) === CLOSE ? "newtype" : "tuple";
}

/**
 * Looks at the content of an unwrapped newtype variant, whose parenthesis is
 * behind the cursor: fields, several elements, or one value.
 */
export function contentTypeHere(cursor: Cursor): StructType {
  const start = cursor.pos;
  skipTrivia(cursor);
  const type = isNamed(cursor) ?? (hasComma(cursor) ? "tuple" : "newtype");
  cursor.pos = start;
  return type;
}

/** Skips to the end of the first element; whether another one follows. */
function hasComma(cursor: Cursor): boolean {
  for (let depth = 1; depth > 0;) {
    skipTrivia(cursor);
    skipLiteral(cursor);
    const at = cursor.pos;
    if (at >= cursor.text.length) fail("Eof");
    const code = nextCode(cursor);
    cursor.pos += widthAt(cursor.text, at);
    if (code === OPEN || code === 0x5b || code === 0x7b) depth++;
    else if (code === CLOSE || code === 0x5d || code === 0x7d) depth--;
    else if (code === COMMA && depth === 1) {
      skipTrivia(cursor);
      return nextCode(cursor) !== CLOSE;
    }
  }
  return false;
}

/** Skips up to one char, one string and one byte string, as the crate does. */
function skipLiteral(cursor: Cursor): void {
  if (nextCode(cursor) === 0x27) attempt(cursor, readChar);
  const code = nextCode(cursor);
  if (code === 0x22 || code === 0x72) attempt(cursor, readString);
  if (atByteString(cursor)) attempt(cursor, readByteString);
}

function attempt(cursor: Cursor, read: (cursor: Cursor) => unknown): void {
  const start = cursor.pos;
  try {
    read(cursor);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const unterminated = error.code === "ExpectedStringEnd" ||
      error.code === "Eof";
    if (unterminated && read !== readChar) throw error;
    cursor.pos = start;
  }
}
