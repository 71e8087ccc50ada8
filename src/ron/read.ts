/** One whole reading of a text: attributes, the value, the end. */
import { fail, Failure } from "./codes.ts";
import { readAttributes } from "./attributes.ts";
import type { Dialect, KeySpan, Problem, UnknownField } from "./cursor.ts";
import { Cursor } from "./cursor.ts";
import { record, RecoveryEnded } from "./recovery.ts";
import type { RonExtension } from "./extensions.ts";
import type { Schema } from "./schema.ts";
import { skipTrivia } from "./trivia.ts";
import { readTyped } from "./typed.ts";

/** What to do about U+FEFF at the start; the Rust crate refuses it. */
export type ByteOrderMark = "reject" | "strip";

/** How to read. */
export interface ReadOptions {
  readonly dialect?: Dialect;
  readonly byteOrderMark?: ByteOrderMark;
  readonly extensions?: readonly RonExtension[];
}

/** What a reading found. */
export interface Reading {
  readonly value: unknown;
  /** The first is the crate's; none means that the value is good. */
  readonly problems: readonly Problem[];
  readonly unknownFields: readonly UnknownField[];
  readonly repeatedKeys: readonly KeySpan[];
}

function openCursor(
  text: string,
  options: ReadOptions,
  recover: boolean,
): Cursor {
  const strip = options.byteOrderMark !== "reject" &&
    text.charCodeAt(0) === 0xfeff;
  const cursor = new Cursor(text, {
    start: strip ? 1 : 0,
    dialect: options.dialect ?? "newest",
    recover,
  });
  return cursor;
}

/** Reads a text to the end, collecting problems. */
export function readText(
  text: string,
  schema: Schema<unknown>,
  options: ReadOptions = {},
): Reading {
  const cursor = openCursor(text, options, true);
  const value = attempt(cursor, () => {
    readAttributes(cursor);
    for (const each of options.extensions ?? []) cursor.enable(each);
    const result = readTyped(cursor, schema);
    skipTrivia(cursor);
    if (cursor.pos < text.length) fail("TrailingCharacters");
    return result;
  });
  const { problems, unknownFields, repeatedKeys } = cursor;
  return { value, problems: problems!, unknownFields, repeatedKeys };
}

function attempt(cursor: Cursor, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecoveryEnded) return undefined;
    if (!(error instanceof Failure)) throw error;
    try {
      record(cursor, error);
    } catch (ended) {
      if (!(ended instanceof RecoveryEnded)) throw ended;
    }
    return undefined;
  }
}
