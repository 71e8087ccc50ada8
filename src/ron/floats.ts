/** Floats: decimal spellings, `inf` and `NaN`, and the suffixes. */
import { isFloatPart } from "./chars.ts";
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { eatWord } from "./identifiers.ts";
import { invalidValue } from "./messages.ts";
import { nearestFloat32 } from "./float32.ts";

/** The float types, by their Rust names. */
export type FloatKind = "f32" | "f64";

/** A float and the type it was read as. */
export interface ParsedFloat {
  readonly kind: FloatKind;
  readonly value: number;
}

const SPECIAL: readonly (readonly [literal: string, value: number])[] = [
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
  ["NaN", NaN],
  ["+NaN", NaN],
  ["-NaN", NaN],
];

/** A decimal float as Rust's `FromStr` has it; underscores are gone by then. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads a float for a slot of type `kind`, or for a slot of any type. */
export function readFloat(
  cursor: Cursor,
  kind: FloatKind | "any",
): ParsedFloat {
  const special = readSpecial(cursor, kind);
  if (special !== undefined) return special;
  const end = cursor.legacy ? floatRunEnd(cursor) : floatEnd(cursor);
  const digits = floatDigits(cursor, end);
  if (cursor.text.charCodeAt(end) === 0x66 && !cursor.legacy) {
    const suffixed = readSuffixed(cursor, { digits, kind, end });
    if (suffixed !== undefined) return suffixed;
  }
  const parsed = parseFloatText(digits, kind);
  cursor.advance(end - cursor.pos);
  return parsed;
}

function readSpecial(
  cursor: Cursor,
  kind: FloatKind | "any",
): ParsedFloat | undefined {
  const first = cursor.text.charCodeAt(cursor.pos);
  const sign = first === 0x2b || first === 0x2d;
  const letter = cursor.text.charCodeAt(cursor.pos + (sign ? 1 : 0));
  if (letter !== 0x69 && letter !== 0x4e) return undefined;
  for (const [literal, value] of SPECIAL) {
    if (eatWord(cursor, literal)) return typed(value, kind);
    if (cursor.legacy || !cursor.text.startsWith(literal, cursor.pos)) continue;
    for (const suffix of ["f32", "f64"] as const) {
      if (!eatWord(cursor, literal + suffix)) continue;
      return checkKind(cursor, { kind: suffix, value }, {
        kind,
        start: cursor.prev,
      });
    }
  }
  return undefined;
}

function typed(value: number, kind: FloatKind | "any"): ParsedFloat {
  return { kind: kind === "any" ? narrowest(value) : kind, value };
}

/** `f32` when it holds the value exactly. */
export function narrowest(value: number): FloatKind {
  return Object.is(value, Math.fround(value)) ? "f32" : "f64";
}

function floatRunEnd(cursor: Cursor): number {
  let end = cursor.pos;
  while (isFloatPart(cursor.text.charCodeAt(end))) end++;
  return end;
}

/** A `..` ends the number: it makes a range. */
function floatEnd(cursor: Cursor): number {
  const end = floatRunEnd(cursor);
  const dots = cursor.text.slice(cursor.pos, end).indexOf("..");
  return dots === -1 ? end : cursor.pos + dots;
}

/** The characters of a float without underscores, where those are allowed. */
function floatDigits(cursor: Cursor, end: number): string {
  const { text, pos } = cursor;
  if (end === pos && !cursor.legacy) fail("ExpectedFloat");
  const slice = text.slice(pos, end);
  if (!slice.includes("_")) return slice;
  if (slice.startsWith("_") && !cursor.legacy) fail("UnderscoreAtBeginning");
  let allowed = false;
  for (let at = 0; at < slice.length; at++) {
    const char = slice[at]!;
    if (char === "_") {
      if (allowed && !cursor.legacy) continue;
      cursor.advance(at);
      fail("FloatUnderscore");
    }
    if (char === ".") allowed = false;
    else if (char !== "+" && char !== "-") allowed = true;
  }
  return slice.replaceAll("_", "");
}

function parseFloatText(digits: string, kind: FloatKind | "any"): ParsedFloat {
  if (!DECIMAL.test(digits)) fail("ExpectedFloat");
  if (kind === "f32") return { kind, value: nearestFloat32(digits) };
  return typed(Number(digits), kind);
}

function readSuffixed(
  cursor: Cursor,
  of: {
    readonly digits: string;
    readonly kind: FloatKind | "any";
    readonly end: number;
  },
): ParsedFloat | undefined {
  const start = cursor.pos;
  cursor.advance(of.end - start);
  const suffix = (["f32", "f64"] as const).find((word) =>
    eatWord(cursor, word)
  );
  if (suffix === undefined || !DECIMAL.test(of.digits)) {
    cursor.pos = start;
    if (suffix === undefined) return undefined;
    fail("ExpectedFloat");
  }
  const parsed = parseFloatText(of.digits, suffix);
  return checkKind(cursor, parsed, { kind: of.kind, start });
}

function checkKind(
  cursor: Cursor,
  parsed: ParsedFloat,
  slot: { readonly kind: FloatKind | "any"; readonly start: number },
): ParsedFloat {
  if (slot.kind === "any" || slot.kind === parsed.kind) return parsed;
  throw invalidValue(
    `a ${slot.kind.slice(1)}-bit floating point number`,
    cursor.text.slice(slot.start, cursor.pos),
  );
}
