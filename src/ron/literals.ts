/** Scalars to text, such that reading gives them back exactly. */
import { isIdentifierPart, isIdentifierStart } from "./chars.ts";
import type { FloatKind } from "./floats.ts";
import { narrowest } from "./floats.ts";
import type { IntegerKind } from "./integer_kinds.ts";
import { smallestKind } from "./integer_kinds.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\\": "\\\\",
};

/** Control and format characters, and the line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/gu;

function escapeInvisible(text: string): string {
  return text.replace(
    INVISIBLE,
    (char) => ESCAPES[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/** A string literal. */
export function stringLiteral(text: string): string {
  return `"${escapeInvisible(text).replaceAll('"', '\\"')}"`;
}

/** A char literal. */
export function charLiteral(char: string): string {
  return `'${escapeInvisible(char).replaceAll("'", "\\'")}'`;
}

/** A byte string literal. */
export function bytesLiteral(bytes: Uint8Array): string {
  let out = 'b"';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    if (char === '"') out += '\\"';
    else if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (byte >= 0x20 && byte < 0x7f) out += char;
    else out += "\\x" + byte.toString(16).padStart(2, "0");
  }
  return out + '"';
}

/** An integer literal; a suffix only where the type is not the usual one. */
export function integerLiteral(
  value: bigint | number,
  kind: IntegerKind,
): string {
  const usual = smallestKind(value, value < 0);
  return usual === kind ? String(value) : `${value}${kind}`;
}

/** A float literal; a suffix only where the type is not the usual one. */
export function floatLiteral(value: number, kind: FloatKind): string {
  return narrowest(value) === kind ? floatText(value) : floatText(value) + kind;
}

/** A float without its suffix. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : text + ".0";
}

/** A field, struct or variant name, raw where it has to be. */
export function identifierText(name: string): string {
  const points = Array.from(name, (char) => char.codePointAt(0)!);
  const plain = points.length > 0 && isIdentifierStart(points[0]!) &&
    points.every(isIdentifierPart);
  return plain || name === "" ? name : `r#${name}`;
}
