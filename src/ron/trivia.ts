/** Whitespace and comments between tokens. */
import { isLegacyWhitespace, isWhitespace, widthAt } from "./chars.ts";
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { unexpectedChar } from "./messages.ts";

const SPACE = 0x20;
const SLASH = 0x2f;
const STAR = 0x2a;

/** Skips whitespace and comments. @throws on an unclosed block comment. */
export function skipTrivia(cursor: Cursor): void {
  if (cursor.legacy) return skipLegacyTrivia(cursor);
  const text = cursor.text;
  if (cursor.pos >= text.length) return;
  for (;;) {
    let pos = cursor.pos;
    cursor.prev = pos;
    let code = text.charCodeAt(pos);
    while (code === SPACE || isWhitespace(code)) code = text.charCodeAt(++pos);
    cursor.pos = pos;
    if (code !== SLASH) return;
    if (skipComment(cursor) === "unclosed line") return;
  }
}

function skipLegacyTrivia(cursor: Cursor): void {
  const text = cursor.text;
  for (;;) {
    while (isLegacyWhitespace(text.charCodeAt(cursor.pos))) cursor.pos++;
    cursor.prev = cursor.pos;
    if (text.charCodeAt(cursor.pos) !== SLASH) return;
    skipComment(cursor);
  }
}

function skipComment(cursor: Cursor): "closed" | "unclosed line" {
  const text = cursor.text;
  cursor.prev = cursor.pos++;
  const code = text.charCodeAt(cursor.pos);
  if (cursor.pos >= text.length) fail("Eof");
  cursor.pos += widthAt(text, cursor.pos);
  if (code === SLASH) return skipLine(cursor);
  if (code === STAR) return skipBlock(cursor);
  throw unexpectedChar(text.slice(cursor.prev + 1, cursor.pos));
}

function skipLine(cursor: Cursor): "closed" | "unclosed line" {
  const newline = cursor.text.indexOf("\n", cursor.pos);
  cursor.prev = cursor.pos;
  cursor.pos = newline === -1 ? cursor.text.length : newline;
  return newline === -1 ? "unclosed line" : "closed";
}

function skipBlock(cursor: Cursor): "closed" {
  const text = cursor.text;
  for (let level = 1; level > 0;) {
    if (cursor.pos >= text.length) fail("UnclosedBlockComment");
    const from = cursor.pos;
    let pos = from;
    let code = text.charCodeAt(pos);
    while (code !== SLASH && code !== STAR && pos < text.length) {
      code = text.charCodeAt(++pos);
    }
    cursor.prev = from;
    cursor.pos = pos;
    if (pos >= text.length) fail("UnclosedBlockComment");
    const next = text.charCodeAt(pos + 1);
    if (code === SLASH && next === STAR) {
      cursor.advance(2);
      level++;
    } else if (code === STAR && next === SLASH) {
      cursor.advance(2);
      level--;
    } else cursor.pos++;
  }
  return "closed";
}

/** Steps over a comma and the trivia around it; whether there was one. */
export function skipComma(cursor: Cursor): boolean {
  skipTrivia(cursor);
  if (!cursor.eat(0x2c)) return false;
  skipTrivia(cursor);
  return true;
}
