/**
 * Any text to tokens, without complaint: what has no meaning becomes an
 * `unknown` token. The tokens of a text, put together, are the text.
 */
import {
  identifierEnd,
  isDigit,
  isIdentifierStart,
  isWhitespace,
  rawIdentifierEnd,
  widthAt,
} from "./chars.ts";
import { startsLiteral } from "./identifiers.ts";

/** What a token is. */
export type RonTokenKind =
  | "blockComment"
  | "byteOrderMark"
  | "bytes"
  | "char"
  | "identifier"
  | "lineComment"
  | "number"
  | "punctuation"
  | "string"
  | "unknown"
  | "whitespace";

/** A stretch of the text; offsets are UTF-16 units, `end` is not part of it. */
export interface RonToken {
  /** What it is. */
  readonly kind: RonTokenKind;
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
  /** Where it ends; that unit is not part of it. */
  readonly end: number;
}

const PUNCTUATION = "()[]{},:#!=";

/** The token that starts at `start`, which must be inside the text. */
export function tokenAt(text: string, start: number): RonToken {
  const code = text.charCodeAt(start);
  if (isWhitespace(code)) {
    let end = start + 1;
    while (isWhitespace(text.charCodeAt(end))) end++;
    return { kind: "whitespace", start, end };
  }
  if (code === 0x22) return quoted(text, { kind: "string", start }, start);
  if (code < 128 && PUNCTUATION.includes(text[start]!)) {
    return { kind: "punctuation", start, end: start + 1 };
  }
  if (code === 0x2f) return comment(text, start);
  if (code === 0x27) return charToken(text, start, start);
  if (startsNumber(text, start)) return numberToken(text, start);
  if (startsLiteral(text, start)) return prefixed(text, start);
  return identifier(text, start) ?? unknown(text, start);
}

function unknown(text: string, start: number): RonToken {
  if (start === 0 && text.charCodeAt(0) === 0xfeff) {
    return { kind: "byteOrderMark", start, end: 1 };
  }
  return { kind: "unknown", start, end: start + widthAt(text, start) };
}

function identifier(text: string, start: number): RonToken | undefined {
  if (!isIdentifierStart(text.codePointAt(start)!)) return undefined;
  if (text.startsWith("r#", start)) {
    const end = rawIdentifierEnd(text, start + 2);
    if (end > start + 2) return { kind: "identifier", start, end };
  }
  const end = identifierEnd(text, start);
  return { kind: "identifier", start, end };
}

function comment(text: string, start: number): RonToken {
  const next = text[start + 1];
  if (next === "/") {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    return { kind: "lineComment", start, end };
  }
  if (next !== "*") return unknown(text, start);
  let depth = 1;
  let at = start + 2;
  const edge = /\/\*|\*\//g;
  while (depth > 0) {
    edge.lastIndex = at;
    const found = edge.exec(text);
    if (found === null) {
      return { kind: "blockComment", start, end: text.length };
    }
    depth += found[0] === "/*" ? 1 : -1;
    at = edge.lastIndex;
  }
  return { kind: "blockComment", start, end: at };
}

/** A literal with escapes, whose opening quote is at `quote`. */
function quoted(
  text: string,
  of: { readonly kind: "bytes" | "string"; readonly start: number },
  quote: number,
): RonToken {
  let at = quote + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return { ...of, end: at + 1 };
  }
  return { ...of, end: text.length };
}

/** A char or byte literal whose opening quote is at `quote`. */
function charToken(text: string, start: number, quote: number): RonToken {
  const kind = quote === start ? "char" : "number";
  const body = quote + 1;
  if (text.charCodeAt(body) === 0x5c) {
    const escape = /\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|[^])'/uy;
    escape.lastIndex = body;
    if (escape.test(text)) {
      return rangeAfter(text, { kind, start, end: escape.lastIndex });
    }
  } else if (body < text.length) {
    const close = body + widthAt(text, body);
    if (text.charCodeAt(close) === 0x27) {
      return rangeAfter(text, { kind, start, end: close + 1 });
    }
  }
  return { kind: "unknown", start, end: body };
}

/** A byte literal may start a range. */
function rangeAfter(text: string, token: RonToken): RonToken {
  if (token.kind !== "number" || !text.startsWith("..", token.end)) {
    return token;
  }
  return { ...token, end: numberToken(text, token.end).end };
}

function prefixed(text: string, start: number): RonToken {
  const isBytes = text[start] === "b";
  const kind = isBytes ? "bytes" : "string";
  let open = start + 1;
  const raw = !isBytes || text[open] === "r";
  if (isBytes && raw) open++;
  if (!raw) {
    return text[open] === "'"
      ? charToken(text, start, open)
      : quoted(text, { kind, start }, open);
  }
  let hashes = 0;
  while (text[open + hashes] === "#") hashes++;
  const quote = open + hashes;
  if (text[quote] !== '"') return { kind: "unknown", start, end: quote };
  const close = text.indexOf('"' + "#".repeat(hashes), quote + 1);
  const end = close === -1 ? text.length : close + 1 + hashes;
  return { kind, start, end };
}

function startsNumber(text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  return isDigit(code) || code === 0x2b || code === 0x2d || code === 0x2e;
}

/**
 * A number or a range: generous, since the reader judges what is inside. No
 * good text has a letter, a sign or a point right behind a number.
 */
function numberToken(text: string, start: number): RonToken {
  let end = start;
  for (;;) {
    const run = rawIdentifierEnd(text, end);
    if (text[run] === "=" && text.startsWith("..", run - 2)) end = run + 1;
    else if (text[run] === "'" && byteFits(text, start, run)) {
      return { kind: "number", start, end: charToken(text, run - 1, run).end };
    } else return { kind: "number", start, end: run };
  }
}

/** `..b'a'`: a byte literal at the end of a range. */
function byteFits(text: string, start: number, quote: number): boolean {
  const before = text.slice(Math.max(start, quote - 4), quote);
  return /\.\.=?b$/.test(before) &&
    charToken(text, quote - 1, quote).kind === "number";
}
