/** What may follow a backslash. */
import { hexValue, widthAt } from "./chars.ts";
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { invalidEscape } from "./messages.ts";

/** Where the escape stands. */
export type EscapeContext = "byte" | "bytes" | "char" | "string";

const NOT_UTF8 = "Not a valid byte-escaped Unicode character";

/** `'n'` and its like; the keys are UTF-16 units. */
const SIMPLE: ReadonlyMap<number, number> = new Map([
  [0x27, 0x27],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x30, 0x00],
]);

/**
 * Reads an escape whose backslash is behind the cursor. The answer is a code
 * point, or in bytes, for a byte that need not be one, `-1 - byte`.
 */
export function readEscape(cursor: Cursor, context: EscapeContext): number {
  const code = nextUnit(cursor);
  const simple = SIMPLE.get(code);
  const binary = context === "byte" || context === "bytes";
  if (simple !== undefined) return binary ? -1 - simple : simple;
  if (code === 0x78) return readHexEscape(cursor, context);
  if (code === 0x75) return readUnicodeEscape(cursor);
  throw invalidEscape("Unknown escape character");
}

function nextUnit(cursor: Cursor): number {
  const { text, pos } = cursor;
  if (pos >= text.length) fail("Eof");
  cursor.pos += widthAt(text, pos);
  return text.charCodeAt(pos);
}

function nextHex(cursor: Cursor): number {
  const value = hexValue(nextUnit(cursor));
  if (value === -1) throw invalidEscape("Non-hex digit found");
  return value;
}

function nextHexByte(cursor: Cursor): number {
  const high = nextHex(cursor);
  return high * 16 + nextHex(cursor);
}

function readHexEscape(cursor: Cursor, context: EscapeContext): number {
  const first = nextHexByte(cursor);
  if (context === "byte" || context === "bytes") return -1 - first;
  // 0.8.1 took each escape for a Latin-1 character.
  if (first < 0x80 || cursor.legacy) return first;
  if (context === "char") throw invalidEscape(NOT_UTF8);
  const bytes = [first];
  while (bytes.length < 4) {
    if (!cursor.eatText("\\x")) throw invalidEscape(NOT_UTF8);
    bytes.push(nextHexByte(cursor));
    const point = decodeUtf8(bytes);
    if (point !== undefined) return point;
  }
  throw invalidEscape(NOT_UTF8);
}

/** Decodes exactly one code point, or nothing; RFC 3629, section 4. */
function decodeUtf8(bytes: readonly number[]): number | undefined {
  const [first] = bytes as [number];
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.length !== length) return undefined;
  let point = first & (0x7f >> length);
  for (const byte of bytes.slice(1)) {
    if ((byte & 0xc0) !== 0x80) return undefined;
    point = point << 6 | byte & 0x3f;
  }
  const shortest = length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80;
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < shortest || point > 0x10ffff || surrogate ? undefined : point;
}

function readUnicodeEscape(cursor: Cursor): number {
  if (!cursor.eat(0x7b)) {
    if (cursor.legacy) nextUnit(cursor);
    throw invalidEscape("Missing { in Unicode escape");
  }
  let point = 0;
  let digits = 0;
  for (; digits < 6; digits++) {
    if (cursor.pos >= cursor.text.length) fail("Eof");
    if (cursor.text.charCodeAt(cursor.pos) === 0x7d) break;
    point = point * 16 + nextHex(cursor);
  }
  if (digits === 0) {
    throw invalidEscape("Expected 1-6 digits, got 0 digits in Unicode escape");
  }
  if (!cursor.eat(0x7d)) {
    throw invalidEscape("No } at the end of Unicode escape");
  }
  if (point > 0x10ffff || point >= 0xd800 && point <= 0xdfff) {
    throw invalidEscape("Not a valid Unicode-escaped character");
  }
  return point;
}
