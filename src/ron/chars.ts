/**
 * Character classes of RON. ASCII answers come from one table; everything
 * above it is asked of the Unicode properties that the grammar names.
 */

const INTEGER = 1;
const FLOAT = 2;
const IDENT_START = 4;
const IDENT_PART = 8;
const RAW_PART = 16;
const SPACE = 32;
const LEGACY_SPACE = 64;

const CLASSES: Uint8Array = buildClasses();

function buildClasses(): Uint8Array {
  const table = new Uint8Array(128);
  const add = (characters: string, flags: number): void => {
    for (let i = 0; i < characters.length; i++) {
      const code = characters.charCodeAt(i);
      table[code] = table[code]! | flags;
    }
  };
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const digits = "0123456789";
  add(digits + "abcdefABCDEF_", INTEGER);
  add(digits + "eE.+-_", FLOAT);
  add(letters + "_", IDENT_START);
  add(letters + digits + "_", IDENT_PART);
  add(letters + digits + "_.+-", RAW_PART);
  add(" \t\n\r\v\f", SPACE);
  add(" \t\n\r", LEGACY_SPACE);
  return table;
}

/** Digits of any base and the underscore; suffixes are looked at apart. */
export function isIntegerPart(code: number): boolean {
  return code < 128 && (CLASSES[code]! & INTEGER) !== 0;
}

/** What a float may be spelled with, before its suffix. */
export function isFloatPart(code: number): boolean {
  return code < 128 && (CLASSES[code]! & FLOAT) !== 0;
}

/** Whitespace as the newest grammar has it: more than ASCII, less than JS. */
export function isWhitespace(code: number): boolean {
  if (code < 128) return (CLASSES[code]! & SPACE) !== 0;
  return code === 0x85 || code === 0x200e || code === 0x200f ||
    code === 0x2028 || code === 0x2029;
}

/** Whitespace as version 0.8.1 had it. */
export function isLegacyWhitespace(code: number): boolean {
  return code < 128 && (CLASSES[code]! & LEGACY_SPACE) !== 0;
}

// These stand inside of functions, so that an import does not pay for them.

function isXidStart(character: string): boolean {
  return /^\p{XIDS}$/u.test(character);
}

function isXidContinue(character: string): boolean {
  return /^\p{XIDC}$/u.test(character);
}

/** `_` or XID_Start; takes a whole code point. */
export function isIdentifierStart(point: number): boolean {
  if (point < 128) return (CLASSES[point]! & IDENT_START) !== 0;
  return isXidStart(String.fromCodePoint(point));
}

/** XID_Continue; takes a whole code point. */
export function isIdentifierPart(point: number): boolean {
  if (point < 128) return (CLASSES[point]! & IDENT_PART) !== 0;
  return isXidContinue(String.fromCodePoint(point));
}

/** What may follow `r#`: XID_Continue and `.`, `+`, `-`. */
export function isRawIdentifierPart(point: number): boolean {
  if (point < 128) return (CLASSES[point]! & RAW_PART) !== 0;
  return isXidContinue(String.fromCodePoint(point));
}

/** `0-9`. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return -1;
}

/** How many UTF-16 units the code point at `index` takes. */
export function widthAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code < 0xd800 || code > 0xdbff) return 1;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1;
}

/** The end of the run of identifier characters that starts at `index`. */
export function identifierEnd(text: string, index: number): number {
  return runEnd(text, index, IDENT_PART, isIdentifierPart);
}

/** The end of the run of raw identifier characters that starts at `index`. */
export function rawIdentifierEnd(text: string, index: number): number {
  return runEnd(text, index, RAW_PART, isRawIdentifierPart);
}

function runEnd(
  text: string,
  index: number,
  flag: number,
  belongs: (point: number) => boolean,
): number {
  let at = index;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      if ((CLASSES[code]! & flag) === 0) break;
      at++;
    } else {
      if (!belongs(text.codePointAt(at)!)) break;
      at += widthAt(text, at);
    }
  }
  return at;
}
