/** Integers of every width, and byte literals where an integer may stand. */
import { hexValue, isIntegerPart } from "./chars.ts";
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { eatWord, skipIdentifier } from "./identifiers.ts";
import { invalidDigit, invalidValue } from "./messages.ts";
import type { IntegerKind } from "./integer_kinds.ts";
import {
  INTEGER_KINDS,
  integerRange,
  SAFE_LIMITS,
  smallestKind,
} from "./integer_kinds.ts";
import { readByteLiteral } from "./strings.ts";

/** An integer and the type it was read as. */
export interface ParsedInteger {
  readonly kind: IntegerKind;
  readonly value: number | bigint;
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const UNDERSCORE = 0x5f;

/**
 * Reads an integer for a slot of type `kind`, or for a slot of any type. A
 * value beyond JavaScript's safe integers is a bigint, every other a number.
 */
export function readInteger(
  cursor: Cursor,
  kind: IntegerKind | "any",
): ParsedInteger {
  if (cursor.legacy) return readLegacyInteger(cursor, kind);
  const start = cursor.pos;
  const negative = readSign(cursor);
  if (cursor.pos === start && cursor.eatText("b'")) {
    const value = readByteLiteral(cursor);
    return checkKind(cursor, { kind: "u8", value }, { start, kind });
  }
  const base = readBase(cursor);
  const end = digitsEnd(cursor);
  const next = cursor.text.charCodeAt(end);
  if (next === 0x69 || next === 0x75) {
    const suffixed = readSuffixed(cursor, { kind, start, negative, base, end });
    if (suffixed !== undefined) return suffixed;
  }
  return readUnsuffixed(cursor, { kind, negative, base });
}

function readSign(cursor: Cursor): boolean {
  if (cursor.pos >= cursor.text.length) fail("Eof");
  const code = cursor.text.charCodeAt(cursor.pos);
  if (code === PLUS || code === MINUS) cursor.pos++;
  return code === MINUS;
}

function readBase(cursor: Cursor): number {
  if (cursor.text.charCodeAt(cursor.pos) !== 0x30) return 10;
  const letter = cursor.text[cursor.pos + 1];
  const base = letter === "b"
    ? 2
    : letter === "o"
    ? 8
    : letter === "x"
    ? 16
    : 0;
  if (base === 0) return 10;
  cursor.advance(2);
  return base;
}

function digitsEnd(cursor: Cursor): number {
  let end = cursor.pos;
  while (isIntegerPart(cursor.text.charCodeAt(end))) end++;
  return end;
}

interface IntegerText {
  readonly kind: IntegerKind | "any";
  readonly negative: boolean;
  readonly base: number;
}

function readUnsuffixed(cursor: Cursor, of: IntegerText): ParsedInteger {
  if (of.kind !== "any") {
    return { kind: of.kind, value: readDigits(cursor, of, of.kind) };
  }
  const value = readDigits(cursor, of, of.negative ? "i64" : "u64");
  return { kind: smallestKind(value, of.negative), value };
}

function readSuffixed(
  cursor: Cursor,
  of: IntegerText & { readonly start: number; readonly end: number },
): ParsedInteger | undefined {
  const digits = cursor.pos;
  cursor.advance(of.end - digits);
  const suffix = INTEGER_KINDS.find((kind) => eatWord(cursor, kind));
  cursor.pos = digits;
  if (suffix === undefined) return undefined;
  let value: number | bigint;
  try {
    value = readDigits(cursor, of, suffix);
  } catch (error) {
    const code = error instanceof Failure ? error.code : undefined;
    if (code !== "UnderscoreAtBeginning" && code !== "InvalidIntegerDigit") {
      skipIdentifier(cursor);
    }
    throw error;
  }
  skipIdentifier(cursor);
  return checkKind(cursor, { kind: suffix, value }, of);
}

function checkKind(
  cursor: Cursor,
  parsed: ParsedInteger,
  slot: { readonly start: number; readonly kind: IntegerKind | "any" },
): ParsedInteger {
  if (slot.kind === "any" || slot.kind === parsed.kind) return parsed;
  const sign = slot.kind[0] === "u" ? "un" : "";
  throw invalidValue(
    `an ${slot.kind.slice(1)}-bit ${sign}signed integer`,
    cursor.text.slice(slot.start, cursor.pos),
  );
}

/** Reads the digits and the underscores between them, and steps over them. */
function readDigits(
  cursor: Cursor,
  of: { readonly negative: boolean; readonly base: number },
  kind: IntegerKind,
): number | bigint {
  const { text, pos } = cursor;
  const end = digitsEnd(cursor);
  if (end === pos) fail("ExpectedInteger");
  if (text.charCodeAt(pos) === UNDERSCORE) fail("UnderscoreAtBeginning");
  const [low, high] = SAFE_LIMITS.get(kind)!;
  let value = 0;
  for (let at = pos; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === UNDERSCORE) continue;
    if (value * of.base > Number.MAX_SAFE_INTEGER) {
      return readLongDigits(cursor, { ...of, kind, from: at, end, value });
    }
    value *= of.base;
    if (of.negative ? -value < low : value > high) overflow(cursor, end, kind);
    const digit = hexValue(code);
    if (digit >= of.base) {
      cursor.advance(at - pos);
      throw badDigit(text[at]!, of.base, cursor);
    }
    if (value + digit > Number.MAX_SAFE_INTEGER) {
      value /= of.base;
      return readLongDigits(cursor, { ...of, kind, from: at, end, value });
    }
    value += digit;
    if (of.negative ? -value < low : value > high) overflow(cursor, end, kind);
  }
  cursor.advance(end - pos);
  return of.negative && value !== 0 ? -value : value;
}

function readLongDigits(
  cursor: Cursor,
  of: {
    readonly negative: boolean;
    readonly base: number;
    readonly kind: IntegerKind;
    readonly from: number;
    readonly end: number;
    readonly value: number;
  },
): bigint {
  const text = cursor.text;
  const { min, max } = integerRange(of.kind);
  const base = BigInt(of.base);
  const fits = (n: bigint) => of.negative ? -n >= min : n <= max;
  let value = BigInt(of.value);
  for (let at = of.from; at < of.end; at++) {
    const code = text.charCodeAt(at);
    if (code === UNDERSCORE) continue;
    value *= base;
    if (!fits(value)) overflow(cursor, of.end, of.kind);
    const digit = hexValue(code);
    if (digit >= of.base) {
      cursor.advance(at - cursor.pos);
      throw badDigit(text[at]!, of.base, cursor);
    }
    value += BigInt(digit);
    if (!fits(value)) overflow(cursor, of.end, of.kind);
  }
  cursor.advance(of.end - cursor.pos);
  return of.negative ? -value : value;
}

function overflow(cursor: Cursor, end: number, kind: IntegerKind): never {
  cursor.advance(end - cursor.pos);
  const { min, max } = integerRange(kind);
  fail("IntegerOutOfBounds", { range: `${min} to ${max}` });
}

function badDigit(digit: string, base: number, cursor: Cursor): Failure {
  return cursor.legacy
    ? new Failure("ExpectedInteger", "Expected integer")
    : invalidDigit(digit, base);
}

/** 0.8.1: a sign only where the type has one, no suffixes, no `b'a'`. */
function readLegacyInteger(
  cursor: Cursor,
  kind: IntegerKind | "any",
): ParsedInteger {
  if (cursor.pos >= cursor.text.length && kind !== "any" && kind[0] === "i") {
    fail("Eof");
  }
  const signed = kind === "any" || kind[0] === "i";
  const negative = signed && readSign(cursor);
  return readUnsuffixed(cursor, { kind, negative, base: readBase(cursor) });
}
