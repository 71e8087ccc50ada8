/** Strings, byte strings and chars: everything between quotes. */
import { widthAt } from "./chars.ts";
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { readEscape } from "./escapes.ts";
import { invalidEscape } from "./messages.ts";

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const HASH = 0x23;
const LOWER_R = 0x72;
const ENCODER = new TextEncoder();

/** Reads `"..."`, `r"..."` or `r#"..."#`. */
export function readString(cursor: Cursor): string {
  if (cursor.eat(QUOTE)) return readEscaped(cursor);
  if (cursor.eat(LOWER_R)) return readRaw(cursor);
  fail("ExpectedString", { slot: "string" });
}

/** Reads what follows an opening quote, the closing one included. */
function readEscaped(cursor: Cursor): string {
  const text = cursor.text;
  const start = cursor.pos;
  const quote = text.indexOf('"', start);
  if (quote === -1) fail("ExpectedStringEnd");
  if (cursor.hasBackslashBefore(quote)) return readWithEscapes(cursor, quote);
  cursor.prev = start;
  cursor.pos = quote + 1;
  return text.slice(start, quote);
}

function readWithEscapes(cursor: Cursor, firstQuote: number): string {
  const text = cursor.text;
  let quote = firstQuote;
  let out = "";
  while (cursor.hasBackslashBefore(quote)) {
    const from = cursor.pos;
    const backslash = text.indexOf("\\", from);
    cursor.prev = from;
    cursor.pos = backslash + 1;
    out += text.slice(from, backslash) +
      String.fromCodePoint(readEscape(cursor, "string"));
    if (quote < cursor.pos) quote = text.indexOf('"', cursor.pos);
    if (quote === -1) fail("ExpectedStringEnd");
  }
  cursor.prev = cursor.pos;
  cursor.pos = quote + 1;
  return out + text.slice(cursor.prev, quote);
}

/** Finds the end of a raw literal whose `r` is behind the cursor. */
function rawContent(cursor: Cursor): readonly [start: number, end: number] {
  const text = cursor.text;
  let pos = cursor.pos;
  while (text.charCodeAt(pos) === HASH) pos++;
  const hashes = pos - cursor.pos;
  cursor.advance(hashes);
  if (!cursor.eat(QUOTE)) fail("ExpectedString");
  const end = text.indexOf('"' + "#".repeat(hashes), cursor.pos);
  if (end === -1) fail("ExpectedStringEnd");
  const start = cursor.pos;
  cursor.prev = start;
  cursor.pos = end + hashes + 1;
  return [start, end];
}

function readRaw(cursor: Cursor): string {
  const [start, end] = rawContent(cursor);
  return cursor.text.slice(start, end);
}

/** Whether `b"`, `br"` or `br#` starts here. */
export function atByteString(cursor: Cursor): boolean {
  return cursor.text.startsWith('b"', cursor.pos) ||
    cursor.text.startsWith("br", cursor.pos);
}

/** Reads `b"..."`, `br"..."` or `br#"..."#`. */
export function readByteString(cursor: Cursor): Uint8Array {
  if (cursor.eatText('b"')) return readEscapedBytes(cursor);
  if (!cursor.eatText("br")) fail("ExpectedByteString");
  let pos = cursor.pos;
  while (cursor.text.charCodeAt(pos) === HASH) pos++;
  if (cursor.text.charCodeAt(pos) !== QUOTE) {
    cursor.advance(pos - cursor.pos);
    fail("ExpectedByteString");
  }
  return ENCODER.encode(readRaw(cursor));
}

function readEscapedBytes(cursor: Cursor): Uint8Array {
  const text = cursor.text;
  const parts: Uint8Array[] = [];
  let quote = text.indexOf('"', cursor.pos);
  if (quote === -1) fail("ExpectedStringEnd");
  while (cursor.hasBackslashBefore(quote)) {
    const from = cursor.pos;
    const backslash = text.indexOf("\\", from);
    parts.push(ENCODER.encode(text.slice(from, backslash)));
    cursor.prev = from;
    cursor.pos = backslash + 1;
    const escape = readEscape(cursor, "bytes");
    parts.push(
      escape < 0
        ? Uint8Array.of(-escape - 1)
        : ENCODER.encode(String.fromCodePoint(escape)),
    );
    if (quote < cursor.pos) quote = text.indexOf('"', cursor.pos);
    if (quote === -1) fail("ExpectedStringEnd");
  }
  cursor.prev = cursor.pos;
  cursor.pos = quote + 1;
  parts.push(ENCODER.encode(text.slice(cursor.prev, quote)));
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Reads `'a'` or `'\n'`; the value is a string of one code point. */
export function readChar(cursor: Cursor): string {
  if (!cursor.eat(APOSTROPHE)) fail("ExpectedChar");
  if (cursor.legacy) return readLegacyChar(cursor);
  const text = cursor.text;
  if (cursor.pos >= text.length) fail("Eof");
  const from = cursor.pos;
  cursor.pos += widthAt(text, from);
  const char = text.charCodeAt(from) === BACKSLASH
    ? String.fromCodePoint(readEscape(cursor, "char"))
    : text.slice(from, cursor.pos);
  if (!cursor.eat(APOSTROPHE)) fail("ExpectedChar");
  return char;
}

function readLegacyChar(cursor: Cursor): string {
  const { text, pos } = cursor;
  if (pos >= text.length) fail("Eof");
  let char: string;
  if (text.charCodeAt(pos) === BACKSLASH) {
    cursor.pos++;
    char = String.fromCodePoint(readEscape(cursor, "char"));
  } else {
    const width = widthAt(text, pos);
    const empty = text.charCodeAt(pos) === APOSTROPHE;
    if (empty || text.charCodeAt(pos + width) !== APOSTROPHE) {
      fail("ExpectedChar");
    }
    char = text.slice(pos, pos + width);
    cursor.pos += width;
  }
  if (!cursor.eat(APOSTROPHE)) fail("ExpectedChar");
  return char;
}

/** Reads the rest of `b'a'`, the opening `b'` being behind the cursor. */
export function readByteLiteral(cursor: Cursor): number {
  const text = cursor.text;
  if (cursor.pos >= text.length) fail("Eof");
  const from = cursor.pos;
  cursor.pos += widthAt(text, from);
  let byte = text.charCodeAt(from);
  if (byte === BACKSLASH) {
    const escape = readEscape(cursor, "byte");
    if (escape >= 0) {
      throw invalidEscape("Unexpected Unicode escape in byte literal");
    }
    byte = -escape - 1;
  } else if (byte >= 128) fail("ExpectedByteLiteral");
  if (!cursor.eat(APOSTROPHE)) fail("ExpectedByteLiteral");
  return byte;
}
