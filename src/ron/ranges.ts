/** Numbers whose type nobody asked for, and the ranges they may start. */
import { isFloatPart, isIntegerPart } from "./chars.ts";
import { Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { readFloat } from "./floats.ts";
import { eatWord } from "./identifiers.ts";
import { readInteger } from "./integers.ts";
import type { RonMap, RonNumber, RonValue } from "./value.ts";
import { UNIT } from "./value.ts";

const SPECIAL_FLOATS: readonly (readonly [string, RonNumber])[] = [
  ["inf", number("f32", Infinity)],
  ["inff32", number("f32", Infinity)],
  ["inff64", number("f64", Infinity)],
  ["NaN", number("f32", NaN)],
  ["NaNf32", number("f32", NaN)],
  ["NaNf64", number("f64", NaN)],
];

function number(kind: RonNumber["kind"], value: number | bigint): RonNumber {
  return { type: "number", kind, value };
}

/** Reads `inf` and `NaN` with or without a suffix, if one is next. */
export function readSpecialFloat(cursor: Cursor): RonNumber | undefined {
  const code = cursor.text.charCodeAt(cursor.pos);
  if (code !== 0x69 && code !== 0x4e) return undefined;
  for (const [word, value] of SPECIAL_FLOATS) {
    if (cursor.legacy && word.length > 3) continue;
    if (eatWord(cursor, word)) return value;
  }
  return undefined;
}

/** Reads any number; an integer too large for 64 bits becomes a float. */
export function readNumber(cursor: Cursor): RonNumber {
  if (!cursor.legacy) {
    const special = readSpecialFloat(cursor);
    if (special !== undefined) return special;
  }
  if (looksLikeFloat(cursor)) return readAnyFloat(cursor);
  const start = cursor.pos;
  try {
    const { kind, value } = readInteger(cursor, "any");
    return number(kind, value);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return readOversized(cursor, start, error);
  }
}

function readAnyFloat(cursor: Cursor): RonNumber {
  const { kind, value } = readFloat(cursor, "any");
  return number(kind, value);
}

/** Tries a float where an integer failed; the farther of the two decides. */
function readOversized(
  cursor: Cursor,
  start: number,
  failure: Failure,
): RonNumber {
  const reached = cursor.pos;
  cursor.pos = start;
  if (cursor.legacy) return readAnyFloat(cursor);
  try {
    const value = readAnyFloat(cursor);
    if (cursor.pos >= reached) return value;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  cursor.pos = reached;
  throw failure;
}

/** Whether the number has characters that only a float has. */
function looksLikeFloat(cursor: Cursor): boolean {
  const { text, pos } = cursor;
  const code = text.charCodeAt(pos);
  let start = pos;
  if (code === 0x2b || code === 0x2d) start++;
  let float = start;
  while (isFloatPart(text.charCodeAt(float))) {
    if (!cursor.legacy && text.startsWith("..", float)) break;
    float++;
  }
  let integer = start;
  while (isIntegerPart(text.charCodeAt(integer))) integer++;
  return float > integer;
}

function startsNumber(cursor: Cursor): boolean {
  const code = cursor.text.charCodeAt(cursor.pos);
  return code >= 0x30 && code <= 0x39 || code === 0x2b || code === 0x2d ||
    code === 0x2e || cursor.text.startsWith("b'", cursor.pos);
}

function key(name: string): RonValue {
  return { type: "string", value: name };
}

function range(start?: RonNumber, end?: RonNumber): RonMap {
  const entries: [RonValue, RonValue][] = [];
  if (start !== undefined) entries.push([key("start"), start]);
  if (end !== undefined) entries.push([key("end"), end]);
  return { type: "map", entries };
}

/** Reads what may follow a number: `..`, `..3`, `..=3`. */
export function readRangeAfter(cursor: Cursor, start: RonNumber): RonValue {
  if (cursor.legacy || cursor.text.charCodeAt(cursor.pos) !== 0x2e) {
    return start;
  }
  if (cursor.eatText("..=")) return range(start, readNumber(cursor));
  if (!cursor.eatText("..")) return start;
  return startsNumber(cursor) ? range(start, readNumber(cursor)) : range(start);
}

/** Reads a range without a start, if two dots are next. */
export function readRangeTo(cursor: Cursor): RonValue | undefined {
  if (cursor.legacy || cursor.text.charCodeAt(cursor.pos) !== 0x2e) {
    return undefined;
  }
  if (cursor.eatText("..=")) return range(undefined, readNumber(cursor));
  if (!cursor.eatText("..")) return undefined;
  // The crate asks for `b'` before it steps over the dots, and never finds it.
  const byte = cursor.text.charCodeAt(cursor.pos) === 0x62;
  return startsNumber(cursor) && !byte
    ? range(undefined, readNumber(cursor))
    : UNIT;
}
