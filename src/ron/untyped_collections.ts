/** Lists, tuples, structs and maps whose type nobody asked for. */
import type { Cursor } from "./cursor.ts";
import { hasElement, skipColon } from "./elements.ts";
import { readIdentifier } from "./identifiers.ts";
import { recoverElement } from "./recovery.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { readUntyped } from "./untyped.ts";
import type { RonValue } from "./value.ts";
import { EntryCollector } from "./value.ts";

const CLOSE = 0x29;
const CLOSE_MAP = 0x7d;

/** Reads elements up to the terminator. */
export function readSeq(cursor: Cursor, terminator: number): RonValue {
  const unwrapped = cursor.newtypeVariant;
  cursor.newtypeVariant = false;
  if (!unwrapped) cursor.advance(1);
  cursor.guard();
  const items: RonValue[] = [];
  const { outer, tupleStruct } = cursor;
  let comma = true;
  while (hasElement(cursor, terminator, comma)) {
    const start = cursor.pos;
    const budget = cursor.budget;
    try {
      cursor.guard();
      items.push(readUntyped(cursor));
      cursor.budget++;
      comma = skipComma(cursor);
    } catch (error) {
      comma = recoverElement(cursor, error, {
        pos: start,
        budget,
        outer,
        tupleStruct,
      }, terminator);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  if (!unwrapped) cursor.eat(terminator);
  return { type: "seq", items };
}

/** Reads named fields in parentheses. */
export function readFields(cursor: Cursor): RonValue {
  const unwrapped = cursor.newtypeVariant;
  cursor.newtypeVariant = false;
  if (!unwrapped) cursor.advance(1);
  const collector = new EntryCollector();
  readEntries(cursor, CLOSE, collector);
  skipTrivia(cursor);
  if (!unwrapped) cursor.eat(CLOSE);
  return { type: "map", entries: collector.entries };
}

/** Reads a map; its brace is next. */
export function readMap(cursor: Cursor): RonValue {
  cursor.newtypeVariant = false;
  cursor.advance(1);
  const collector = new EntryCollector();
  readEntries(cursor, CLOSE_MAP, collector);
  skipTrivia(cursor);
  cursor.eat(CLOSE_MAP);
  return { type: "map", entries: collector.entries };
}

function readEntries(
  cursor: Cursor,
  terminator: number,
  collector: EntryCollector,
): void {
  cursor.guard();
  const { outer, tupleStruct } = cursor;
  let comma = true;
  while (hasElement(cursor, terminator, comma)) {
    const start = cursor.pos;
    const budget = cursor.budget;
    try {
      cursor.guard();
      const key: RonValue = terminator === CLOSE
        ? { type: "string", value: readIdentifier(cursor) }
        : readUntyped(cursor);
      cursor.budget++;
      skipColon(cursor);
      cursor.guard();
      const value = readUntyped(cursor);
      cursor.budget++;
      comma = skipComma(cursor);
      collector.add(key, value);
    } catch (error) {
      comma = recoverElement(cursor, error, {
        pos: start,
        budget,
        outer,
        tupleStruct,
      }, terminator);
    }
  }
  cursor.budget++;
}
