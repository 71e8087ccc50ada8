/** Attributes before the value: `#![enable(...)]` and the two ignored ones. */
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import type { RonExtension } from "./extensions.ts";
import { LEGACY_EXTENSIONS, RON_EXTENSIONS } from "./extensions.ts";
import { continuesIdentifier, eatWord, readIdentifier } from "./identifiers.ts";
import { noSuchExtension } from "./messages.ts";
import { readString } from "./strings.ts";
import { skipComma, skipTrivia } from "./trivia.ts";

const HASH = 0x23;

/** Reads the attributes and the trivia around them. */
export function readAttributes(cursor: Cursor): void {
  skipTrivia(cursor);
  while (cursor.text.charCodeAt(cursor.pos) === HASH) {
    if (cursor.legacy) readLegacyAttribute(cursor);
    else readAttribute(cursor);
    skipTrivia(cursor);
  }
}

/** Steps over each literal that is there; whether all were. */
function eatAll(cursor: Cursor, literals: readonly string[]): boolean {
  let all = true;
  for (const literal of literals) {
    if (cursor.eatText(literal)) skipTrivia(cursor);
    else all = false;
  }
  return all;
}

function readAttribute(cursor: Cursor): void {
  if (!eatAll(cursor, ["#", "!", "["])) fail("ExpectedAttribute");
  skipTrivia(cursor);
  if (eatWord(cursor, "enable")) {
    skipTrivia(cursor);
    if (!cursor.eatText("(")) fail("ExpectedAttribute");
    return readExtensions(cursor);
  }
  if (!eatWord(cursor, "type") && !eatWord(cursor, "schema")) {
    fail("ExpectedAttribute");
  }
  skipTrivia(cursor);
  if (!cursor.eatText("=")) fail("ExpectedAttribute");
  skipTrivia(cursor);
  readString(cursor);
  skipTrivia(cursor);
  if (!cursor.eatText("]")) fail("ExpectedAttributeEnd");
}

function readLegacyAttribute(cursor: Cursor): void {
  if (!eatAll(cursor, ["#", "!", "[", "enable", "("])) {
    fail("ExpectedAttribute");
  }
  readExtensions(cursor);
}

function readExtensions(cursor: Cursor): void {
  skipTrivia(cursor);
  const known = cursor.legacy ? LEGACY_EXTENSIONS : RON_EXTENSIONS;
  const enabled: RonExtension[] = [];
  for (;;) {
    const name = readIdentifier(cursor);
    const extension = known.find((each) => each === name);
    if (extension === undefined) throw noSuchExtension(name, known);
    enabled.push(extension);
    const comma = skipComma(cursor);
    const another = continuesIdentifier(cursor, cursor.pos);
    if (!comma && another) fail("ExpectedComma");
    if (!comma || !another) break;
  }
  skipTrivia(cursor);
  if (!eatAll(cursor, [")", "]"])) fail("ExpectedAttributeEnd");
  for (const extension of enabled) cursor.enable(extension);
}
