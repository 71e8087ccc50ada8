/** Structs and struct variants: fields by name, in any order. */
import { fail, Failure } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import { hasElement, skipColon } from "./elements.ts";
import { eatStructName, readIdentifier } from "./identifiers.ts";
import {
  duplicateField,
  missingField,
  namedStructLike,
  noSuchField,
} from "./messages.ts";
import { structLike } from "./missing_parenthesis.ts";
import { elementStart, record, recoverElement } from "./recovery.ts";
import type { StructSchema } from "./schema.ts";
import { skipComma, skipTrivia } from "./trivia.ts";
import { readTyped } from "./typed.ts";
import { readUntyped } from "./untyped.ts";

const OPEN = 0x28;
const CLOSE = 0x29;

/** After so many, further warnings help nobody. */
const MAX_UNKNOWN_FIELDS = 1000;

/** Stands for a field that was there, but could not be read. */
const UNREADABLE = Symbol("unreadable");

/** Reads a struct with or without its name. */
export function readStruct(
  cursor: Cursor,
  schema: StructSchema<unknown>,
): unknown {
  if (!cursor.newtypeVariant) eatStructName(cursor, schema.name);
  skipTrivia(cursor);
  return readStructBody(cursor, schema);
}

/** Reads the parentheses of a struct and what they hold. */
export function readStructBody(
  cursor: Cursor,
  schema: StructSchema<unknown>,
  of: { readonly variant?: string } = {},
): unknown {
  const unwrapped = cursor.newtypeVariant;
  if (!unwrapped && !cursor.eat(OPEN)) {
    throw schema.name === ""
      ? structLike(cursor)
      : namedStructLike(schema.name);
  }
  cursor.newtypeVariant = false;
  const around = cursor.outer;
  if (of.variant !== undefined) cursor.outer = of.variant;
  else if (!unwrapped && schema.name !== "") cursor.outer = schema.name;
  cursor.guard();
  const fields = readFields(cursor, schema);
  const value = buildStruct(cursor, schema, fields);
  cursor.budget++;
  cursor.outer = around;
  skipTrivia(cursor);
  if (!unwrapped && !cursor.eat(CLOSE)) fail("ExpectedStructLikeEnd");
  return value;
}

/** The fields of a struct while they are being read. */
interface FieldsRead {
  /** By place; UNSEEN or UNREADABLE where there is none. */
  readonly values: unknown[];
  /** Whether the field at hand is one that the schema knows. */
  known: boolean;
  /** Whether something broke that may have been any field. */
  broken: boolean;
  /** Names that the schema does not know; one may be meant for a field that is missing. */
  readonly strangers: string[];
}

function readFields(
  cursor: Cursor,
  schema: StructSchema<unknown>,
): FieldsRead {
  const values: unknown[] = new Array(schema.fields.length).fill(UNSEEN);
  const read: FieldsRead = {
    values,
    known: false,
    broken: false,
    strangers: [],
  };
  const start = elementStart(cursor);
  let comma = true;
  while (hasElement(cursor, CLOSE, comma)) {
    const pos = cursor.pos;
    try {
      comma = readField(cursor, schema, read);
    } catch (error) {
      if (!read.known) read.broken = true;
      comma = recoverElement(cursor, error, { ...start, pos }, CLOSE);
    }
  }
  return read;
}

/** Marks a field that has not been met. */
const UNSEEN = Symbol("unseen");

function readField(
  cursor: Cursor,
  schema: StructSchema<unknown>,
  read: FieldsRead,
): boolean {
  const { values } = read;
  read.known = false;
  cursor.guard();
  const name = readFieldName(cursor, schema);
  const place = schema.places.get(name);
  if (place === undefined) {
    if (read.strangers.length < MAX_UNKNOWN_FIELDS) read.strangers.push(name);
    return readUnknown(cursor, schema, name);
  }
  read.known = true;
  cursor.budget++;
  if (values[place] !== UNSEEN) throw duplicateField(name, cursor.outer);
  values[place] = UNREADABLE;
  skipColon(cursor);
  cursor.guard();
  values[place] = readTyped(cursor, schema.fields[place]!.schema);
  cursor.budget++;
  return skipComma(cursor);
}

function readFieldName(cursor: Cursor, schema: StructSchema<unknown>): string {
  try {
    return readIdentifier(cursor);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const detail = { ...error.detail, candidates: schema.names };
    throw new Failure(error.code, error.message, detail);
  }
}

function readUnknown(
  cursor: Cursor,
  schema: StructSchema<unknown>,
  name: string,
): boolean {
  if (schema.denyUnknown) {
    throw noSuchField(name, schema.names, cursor.outer);
  }
  cursor.budget++;
  if (cursor.unknownFields.length < MAX_UNKNOWN_FIELDS) {
    cursor.unknownFields.push({
      name,
      start: cursor.prev,
      end: cursor.pos,
      struct: cursor.outer ?? schema.name,
      candidates: schema.names,
    });
  }
  skipColon(cursor);
  cursor.guard();
  readUntyped(cursor);
  cursor.budget++;
  return skipComma(cursor);
}

function buildStruct(
  cursor: Cursor,
  schema: StructSchema<unknown>,
  { values, broken, strangers }: FieldsRead,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (let place = 0; place < values.length; place++) {
    const { name, presence, fallback } = schema.fields[place]!;
    const value = values[place];
    if (value !== UNSEEN) out[name] = value;
    else if (presence !== "required") out[name] = fallback();
    else if (!broken) {
      reportMissing(cursor, missingField(name, cursor.outer, strangers));
    }
  }
  return out;
}

function reportMissing(cursor: Cursor, failure: Failure): void {
  if (cursor.problems === undefined) throw failure;
  record(cursor, failure);
}
