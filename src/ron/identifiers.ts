/** Names: plain, raw, and the literals that only look like names. */
import {
  identifierEnd,
  isIdentifierPart,
  isIdentifierStart,
  isRawIdentifierPart,
  rawIdentifierEnd,
  widthAt,
} from "./chars.ts";
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import {
  differentStructName,
  namedStructLike,
  structNameMissing,
  suggestRawIdentifier,
} from "./messages.ts";

const LOWER_B = 0x62;
const LOWER_R = 0x72;
const HASH = 0x23;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;

/** Whether an identifier character stands at `index`. */
export function continuesIdentifier(cursor: Cursor, index: number): boolean {
  const code = cursor.text.charCodeAt(index);
  if (code < 128) return isIdentifierPart(code);
  if (cursor.legacy || index >= cursor.text.length) return false;
  return isIdentifierPart(cursor.text.codePointAt(index)!);
}

/** Whether `word` is next, and the identifier ends with it. */
export function atWord(cursor: Cursor, word: string): boolean {
  return cursor.text.startsWith(word, cursor.pos) &&
    !continuesIdentifier(cursor, cursor.pos + word.length);
}

/** Steps over `word` if it is the whole of the next identifier. */
export function eatWord(cursor: Cursor, word: string): boolean {
  if (!atWord(cursor, word)) return false;
  cursor.advance(word.length);
  return true;
}

/** Whether a string, byte string or byte literal starts here: `b" b' br" ...` */
export function startsLiteral(text: string, index: number): boolean {
  const first = text.charCodeAt(index);
  const second = text.charCodeAt(index + 1);
  if (first === LOWER_R) {
    if (second === QUOTE) return true;
    const third = text.charCodeAt(index + 2);
    return second === HASH && (third === QUOTE || third === HASH);
  }
  if (first !== LOWER_B) return false;
  if (second === QUOTE || second === APOSTROPHE) return true;
  const third = text.charCodeAt(index + 2);
  return second === LOWER_R && (third === HASH || third === QUOTE);
}

/** Reads a name. @throws when none starts here, or only a raw one could. */
export function readIdentifier(cursor: Cursor): string {
  if (cursor.legacy) return readLegacyIdentifier(cursor);
  const { text, pos } = cursor;
  if (pos >= text.length) fail("Eof");
  const first = text.codePointAt(pos)!;
  if (!isIdentifierStart(first)) {
    if (isRawIdentifierPart(first)) {
      throw suggestRawIdentifier(text.slice(pos, rawIdentifierEnd(text, pos)));
    }
    fail("ExpectedIdentifier");
  }
  if (startsLiteral(text, pos)) fail("ExpectedIdentifier");
  if (first === LOWER_R && text.charCodeAt(pos + 1) === HASH) {
    return readRawIdentifier(cursor);
  }
  const end = identifierEnd(text, pos + widthAt(text, pos));
  return finishIdentifier(cursor, end, rawIdentifierEnd(text, end));
}

function finishIdentifier(
  cursor: Cursor,
  end: number,
  rawEnd: number,
): string {
  const { text, pos } = cursor;
  if (rawEnd > end) throw suggestRawIdentifier(text.slice(pos, rawEnd));
  cursor.prev = pos;
  cursor.pos = end;
  return text.slice(pos, end);
}

function readRawIdentifier(cursor: Cursor): string {
  const { text, pos } = cursor;
  cursor.prev = pos;
  const end = rawIdentifierEnd(text, pos + 2);
  if (end === pos + 2) fail("ExpectedIdentifier");
  cursor.prev = pos + 2;
  cursor.pos = end;
  return text.slice(pos + 2, end);
}

/** Steps over a name as the untyped reader does; whether there was one. */
export function skipIdentifier(cursor: Cursor): boolean {
  if (cursor.legacy) return skipLegacyIdentifier(cursor);
  const { text, pos } = cursor;
  const code = text.charCodeAt(pos);
  if (code < 128 && !isIdentifierStart(code)) return false;
  if (pos >= text.length || startsLiteral(text, pos)) return false;
  if (code === LOWER_R && text.charCodeAt(pos + 1) === HASH) {
    const end = rawIdentifierEnd(text, pos + 2);
    if (end === pos + 2) return false;
    cursor.advance(end - pos);
    return true;
  }
  if (code >= 128 && !isIdentifierStart(text.codePointAt(pos)!)) return false;
  cursor.prev = pos;
  cursor.pos = identifierEnd(text, pos + widthAt(text, pos));
  return true;
}

/** Steps over a struct's name; whether there was one. */
export function eatStructName(cursor: Cursor, name: string): boolean {
  if (!continuesIdentifier(cursor, cursor.pos)) {
    if (cursor.explicitStructNames) throw structNameMissing(name);
    return false;
  }
  let found: string;
  try {
    found = readIdentifier(cursor);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const raw = error.code === "SuggestRawIdentifier" &&
      error.detail?.found === name;
    throw raw ? error : namedStructLike(name);
  }
  if (name === "" && !cursor.legacy) throw namedStructLike(name);
  if (found !== name) throw differentStructName(name, found);
  return true;
}

function skipLegacyIdentifier(cursor: Cursor): boolean {
  const code = cursor.text.charCodeAt(cursor.pos);
  if (!(code < 128 && isIdentifierStart(code))) return false;
  try {
    readLegacyIdentifier(cursor);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function asciiEnd(
  text: string,
  index: number,
  belongs: (code: number) => boolean,
): number {
  let at = index;
  for (;;) {
    const code = text.charCodeAt(at);
    if (!(code < 128 && belongs(code))) return at;
    at++;
  }
}

function readLegacyIdentifier(cursor: Cursor): string {
  const { text, pos } = cursor;
  if (pos >= text.length) fail("Eof");
  const first = text.charCodeAt(pos);
  const raw = (from: number) => asciiEnd(text, from, isRawIdentifierPart);
  if (!(first < 128 && isIdentifierStart(first))) {
    if (first < 128 && isRawIdentifierPart(first)) {
      throw suggestRawIdentifier(text.slice(pos, raw(pos)));
    }
    fail("ExpectedIdentifier");
  }
  if (first === LOWER_R) {
    const second = text.charCodeAt(pos + 1);
    if (pos + 1 >= text.length) fail("Eof");
    if (second === QUOTE) fail("ExpectedIdentifier");
    if (second === HASH) {
      if (raw(pos + 2) === pos + 2) fail("ExpectedIdentifier");
      cursor.advance(2);
      const end = raw(cursor.pos);
      return finishIdentifier(cursor, end, end);
    }
  }
  const end = asciiEnd(text, pos, isIdentifierPart);
  return finishIdentifier(cursor, end, raw(end));
}
