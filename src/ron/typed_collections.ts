/** Lists, maps and tuples of a shape that is asked for. */
import { fail } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { DecodedMap } from "./decoded_map.ts";
import { hasElement, skipColon } from "./elements.ts";
import { eatStructName } from "./identifiers.ts";
import { differentLength } from "./messages.ts";
import { structLike } from "./missing_parenthesis.ts";
import { elementStart, recoverElement } from "./recovery.ts";
import type { ListSchema, MapSchema, Schema, TupleSchema } from "./schema.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { readTyped } from "./typed.ts";

/** After so many, further warnings help nobody. */
const MAX_REPEATED_KEYS = 1000;

const OPEN = 0x28;
const CLOSE = 0x29;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** Reads `[...]`. */
export function readList(
  cursor: Cursor,
  schema: ListSchema<unknown>,
): unknown[] {
  cursor.newtypeVariant = false;
  if (!cursor.eat(OPEN_LIST)) fail("ExpectedArray", { slot: "list" });
  cursor.guard();
  const start = elementStart(cursor);
  const items: unknown[] = [];
  let comma = true;
  while (hasElement(cursor, CLOSE_LIST, comma)) {
    const pos = cursor.pos;
    try {
      cursor.guard();
      items.push(readTyped(cursor, schema.inner));
      cursor.budget++;
      comma = skipComma(cursor);
    } catch (error) {
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE_LIST);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  cursor.eat(CLOSE_LIST);
  return items;
}

/** Reads `{...}`. */
export function readMap(
  cursor: Cursor,
  schema: MapSchema<unknown, unknown>,
): ReadonlyMap<unknown, unknown> {
  cursor.newtypeVariant = false;
  if (!cursor.eat(OPEN_MAP)) fail("ExpectedMap", { slot: "map" });
  cursor.guard();
  const start = elementStart(cursor);
  const entries = new DecodedMap();
  let comma = true;
  while (hasElement(cursor, CLOSE_MAP, comma)) {
    const pos = cursor.pos;
    try {
      cursor.guard();
      const key = readTyped(cursor, schema.key);
      const end = cursor.pos;
      cursor.budget++;
      skipColon(cursor);
      cursor.guard();
      const value = readTyped(cursor, schema.value);
      cursor.budget++;
      comma = skipComma(cursor);
      const isNew = entries.set(key, value);
      if (!isNew && cursor.repeatedKeys.length < MAX_REPEATED_KEYS) {
        cursor.repeatedKeys.push({ start: pos, end });
      }
    } catch (error) {
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE_MAP);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  cursor.eat(CLOSE_MAP);
  return entries.map;
}

/** Reads a tuple, an array or a tuple struct. */
export function readTuple(
  cursor: Cursor,
  schema: TupleSchema<unknown>,
): unknown[] {
  const { name, items, expecting } = schema;
  if (name === undefined) return readElements(cursor, items, expecting);
  if (!cursor.newtypeVariant) eatStructName(cursor, name);
  const around = cursor.tupleStruct;
  if (name !== "") cursor.tupleStruct = name;
  const values = readElements(cursor, items, expecting);
  cursor.tupleStruct = around;
  return values;
}

/** Reads the parentheses of a tuple and what they hold. */
export function readElements(
  cursor: Cursor,
  items: readonly Schema<unknown>[],
  expecting: string,
): unknown[] {
  const unwrapped = cursor.newtypeVariant;
  if (!unwrapped && !cursor.eat(OPEN)) throw structLike(cursor);
  cursor.newtypeVariant = false;
  cursor.guard();
  const start = elementStart(cursor);
  const values: unknown[] = [];
  let comma = true;
  for (const item of items) {
    if (!hasElement(cursor, CLOSE, comma)) {
      throw differentLength(expecting, values.length);
    }
    const pos = cursor.pos;
    try {
      cursor.guard();
      values.push(readTyped(cursor, item));
      cursor.budget++;
      comma = skipComma(cursor);
    } catch (error) {
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE);
      values.push(undefined);
    }
  }
  cursor.budget++;
  skipTrivia(cursor);
  if (!unwrapped && !cursor.eat(CLOSE)) fail("ExpectedStructLikeEnd");
  return values;
}
