/**
 * Going on after an error: the problem is written down, the rest of the
 * element skipped, and the container read on. The first problem is always the
 * one that the crate reports; those after it are what it would say next.
 */
import { widthAt } from "./chars.ts";
import { Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { startsLiteral } from "./identifiers.ts";

/** After so many problems the rest is noise. */
const MAX_PROBLEMS = 50;

/** Thrown when there is no sensible place to go on from. */
export class RecoveryEnded {}

/** Writes a problem down, unless the same place has one already. */
export function record(cursor: Cursor, failure: Failure): void {
  const problems = cursor.problems!;
  const end = cursor.pos;
  const last = problems[problems.length - 1];
  if (last !== undefined && last.end >= end && !isMissing(failure)) return;
  problems.push({ failure, start: Math.min(cursor.prev, end), end });
  if (problems.length >= MAX_PROBLEMS) throw new RecoveryEnded();
}

function isMissing(failure: Failure): boolean {
  return failure.code === "MissingStructField";
}

/** Where an element began, for when it fails. */
export interface ElementStart {
  readonly pos: number;
  readonly budget: number;
  readonly outer: string | undefined;
  readonly tupleStruct: string | undefined;
}

/** Notes where an element begins. */
export function elementStart(cursor: Cursor): ElementStart {
  const { pos, budget, outer, tupleStruct } = cursor;
  return { pos, budget, outer, tupleStruct };
}

/**
 * Takes an error thrown inside an element: rethrows it when nobody collects
 * problems, else skips the element and the comma after it.
 */
export function recoverElement(
  cursor: Cursor,
  error: unknown,
  element: ElementStart,
  terminator: number,
): boolean {
  if (cursor.problems === undefined || !(error instanceof Failure)) throw error;
  record(cursor, error);
  if (isHopeless(error)) throw new RecoveryEnded();
  cursor.newtypeVariant = false;
  cursor.budget = element.budget;
  cursor.outer = element.outer;
  cursor.tupleStruct = element.tupleStruct;
  const stop = elementEnd(cursor.text, element.pos);
  const code = cursor.text.charCodeAt(stop);
  cursor.pos = stop;
  cursor.prev = stop;
  if (code === 0x2c) {
    cursor.pos++;
    return true;
  }
  if (code !== terminator) throw new RecoveryEnded();
  return true;
}

/** Nothing after these can be trusted. */
function isHopeless(failure: Failure): boolean {
  return failure.code === "ExpectedStringEnd" ||
    failure.code === "UnclosedBlockComment" || failure.code === "Eof" ||
    failure.code === "ExceededRecursionLimit";
}

/** The first comma or closing bracket that belongs to the enclosing value. */
export function elementEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (depth === 0 && (code === 0x2c || isCloser(code))) return at;
    if (code === 0x28 || code === 0x5b || code === 0x7b) depth++;
    else if (isCloser(code)) depth--;
    at = tokenEnd(text, at);
  }
  return text.length;
}

function isCloser(code: number): boolean {
  return code === 0x29 || code === 0x5d || code === 0x7d;
}

/** Steps over a literal or a comment as a whole, and one character else. */
function tokenEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 0x22) return quotedEnd(text, at + 1);
  if (code === 0x2f) return commentEnd(text, at);
  if (code === 0x27) return charEnd(text, at);
  if ((code === 0x62 || code === 0x72) && startsLiteral(text, at)) {
    return prefixedEnd(text, at);
  }
  return at + widthAt(text, at);
}

function quotedEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at + 1;
  }
  return text.length;
}

function commentEnd(text: string, at: number): number {
  if (text.startsWith("//", at)) {
    const newline = text.indexOf("\n", at);
    return newline === -1 ? text.length : newline;
  }
  if (!text.startsWith("/*", at)) return at + 1;
  const close = text.indexOf("*/", at + 2);
  return close === -1 ? text.length : close + 2;
}

function charEnd(text: string, at: number): number {
  const body = at + 1;
  if (text.charCodeAt(body) === 0x5c) {
    const close = text.indexOf("'", body + 2);
    return close === -1 || close > body + 10 ? body : close + 1;
  }
  const close = body + widthAt(text, body);
  return text.charCodeAt(close) === 0x27 ? close + 1 : body;
}

function prefixedEnd(text: string, at: number): number {
  let open = at;
  while (/[br]/.test(text[open] ?? "")) open++;
  let hashes = 0;
  while (text[open + hashes] === "#") hashes++;
  const quote = text.charCodeAt(open + hashes);
  if (quote === 0x27) return charEnd(text, open);
  if (quote !== 0x22) return open + hashes;
  if (hashes === 0 && text[open - 1] !== "r") return quotedEnd(text, open + 1);
  const end = text.indexOf('"' + "#".repeat(hashes), open + hashes + 1);
  return end === -1 ? text.length : end + hashes + 1;
}
