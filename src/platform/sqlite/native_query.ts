/**
 * Statements of `node:sqlite`, read row by row and as they are.
 *
 * Where the runtime reads text up to its first NUL only, or ends a result
 * silently when a row fails, the query is put into another one that says of
 * each row whether it is whole, and of the result whether it came to its end.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import type { SqlValue } from "../types.ts";
import type { SqlQuery } from "./engine.ts";
import { argumentsFor, planParameters } from "./parameters.ts";

/** What is used of `StatementSync`. */
export interface NativeStatement {
  /** Runs the statement, all rows at once. */
  all(...params: unknown[]): unknown[];
  /** Runs the statement row by row. */
  iterate(...params: unknown[]): IterableIterator<unknown>;
  /** Runs the statement for its effect. */
  run(...params: unknown[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  /** Integers as `bigint`. */
  setReadBigInts(active: boolean): void;
  /** Rows as lists. */
  setReturnArrays(active: boolean): void;
  /** What the rows have. */
  columns(): readonly unknown[];
}

type Prepare = (sql: string) => NativeStatement;
type Rows = Iterable<SqlValue[]>;
type ReadRows = (args: readonly unknown[]) => Rows;

/** Columns that can be asked about: SQLite takes expressions of a thousand parts. */
const MAX_COLUMNS = 400;

/**
 * Rows that are read at once, and bytes of each value in them. An iterator of
 * Deno takes twenty times as long, and many of them stop the program for
 * seconds while they are collected; most results are small.
 */
const FEW_ROWS = 50;
const FEW_BYTES = 4096;

/** What the last column of a row says. */
const CUT = 1n;
const END = 2n;

/** Compiles a statement. */
export function createNativeQuery(
  prepareText: Prepare,
  sql: string,
  { isSloppy }: { readonly isSloppy: boolean },
): SqlQuery {
  const prepare: Prepare = (text) => {
    const statement = prepareText(text);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    return statement;
  };
  const statement = prepare(sql);
  const plan = planParameters(sql);
  const read: ReadRows = isSloppy
    ? carefulRows(prepare, sql, statement)
    : (args) => statement.iterate(...args) as Rows;
  return {
    rows: (params) => read(argumentsFor(plan, params)),
    run(params) {
      const done = statement.run(...argumentsFor(plan, params));
      return {
        changes: BigInt(done.changes),
        lastInsertId: BigInt(done.lastInsertRowid),
      };
    },
    // The runtime frees statements that nobody holds.
    finalize() {},
  };
}

/** Whether this runtime needs care: it cuts text, or hides failures of a row. */
export function isSloppy(prepare: Prepare): boolean {
  const text = prepare("SELECT 'a' || char(0) || 'b' AS text");
  const [row] = text.all() as { readonly text: SqlValue }[];
  if (row?.text !== "a\0b") return true;
  const failing = prepare("SELECT abs(-9223372036854775807 - 1)");
  try {
    return [...failing.iterate()].length >= 0;
  } catch {
    return false;
  }
}

function carefulRows(
  prepare: Prepare,
  sql: string,
  plain: NativeStatement,
): ReadRows {
  // About the schema, and so small.
  if (/^(PRAGMA|EXPLAIN)\b/i.test(sql)) {
    return (args) => plain.all(...args) as SqlValue[][];
  }
  const names = plain.columns().map((_, i) => `c${i}`);
  if (names.length === 0) return (args) => plain.all(...args) as SqlValue[][];
  if (names.length > MAX_COLUMNS) {
    // All rows at once would be an answer, too, but without a bound.
    throw new ForgeError(
      "SQL_LIMIT",
      `Cannot read a result of ${names.length} columns: at most ${MAX_COLUMNS} are read`,
      { hint: "Ask for fewer columns at once" },
    );
  }
  // A comment at the end of the text must not take the parenthesis with it.
  const source = `WITH forge_rows(${names}) AS (${sql}\n)`;
  let few: NativeStatement;
  try {
    few = prepare(fewSql(sql, names));
  } catch {
    // What changes something cannot stand in a WITH.
    return (args) => changingRows(plain, args);
  }
  let asking: NativeStatement | undefined;
  let exact: NativeStatement | undefined;
  return function* (args) {
    const rows = few.all(...args) as SqlValue[][];
    if (rows.length < FEW_ROWS && rows.every((row) => row.pop() !== CUT)) {
      yield* rows;
      return;
    }
    asking ??= prepare(askingSql(source, names));
    let count = 0;
    for (const row of asking.iterate(...args) as Rows) {
      const mark = row.pop();
      if (mark === END) return;
      if (mark === CUT) {
        exact ??= prepare(exactSql(source, names));
        yield* wholeRows(exact.iterate(...args) as Rows, count);
        return;
      }
      yield row;
      count++;
    }
    throw failureOf(prepare(failingSql(source, names)), args);
  };
}

/** The rows, if they are few, each with a mark that says whether it is whole and small. */
function fewSql(sql: string, names: readonly string[]): string {
  const values = names.map((name) =>
    `CASE WHEN octet_length(${name}) > ${FEW_BYTES} THEN NULL ELSE ${name} END`
  );
  const large = names.map((name) => `octet_length(${name}) > ${FEW_BYTES}`);
  // Kept for a moment, so that what is asked about each value computes none anew.
  return `WITH forge_rows(${names}) AS MATERIALIZED (
      SELECT * FROM (${sql}\n) LIMIT ${FEW_ROWS})
    SELECT ${values}, ifnull(${large.join(" OR ")}, 0) OR ${cutIn(names)}
    FROM forge_rows`;
}

/** The rows, each with a mark, and a last one that marks the end. */
function askingSql(source: string, names: readonly string[]): string {
  return `${source} SELECT *, ${cutIn(names)} FROM forge_rows
    UNION ALL SELECT ${names.map(() => "NULL")}, ${END}`;
}

/** Whether the runtime would cut one of the values. */
function cutIn(names: readonly string[]): string {
  return names.map((name) =>
    `(typeof(${name}) = 'text' AND instr(${name}, char(0)) > 0)`
  ).join(" OR ");
}

/** Text as bytes, with a mark in front of each value that says so. */
function exactSql(source: string, names: readonly string[]): string {
  const columns = names.map((name) =>
    `typeof(${name}) = 'text', CASE typeof(${name})
      WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`
  );
  return `${source} SELECT ${columns} FROM forge_rows
    UNION ALL SELECT ${names.map(() => `${END}, NULL`)}`;
}

/** The same values, of which only one row comes back: whatever is asked for, it is small. */
function failingSql(source: string, names: readonly string[]): string {
  const values = names.map((name) => `max(typeof(${name}))`);
  return `${source} SELECT ${values} FROM forge_rows`;
}

/** Leaves out the first rows: they were read already. */
function* wholeRows(rows: Rows, skipped: number): Generator<SqlValue[]> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let index = 0;
  for (const row of rows) {
    if (row[0] === END) return;
    if (index++ < skipped) continue;
    const values: SqlValue[] = [];
    for (let i = 0; i < row.length; i += 2) {
      const value = row[i + 1]!;
      values.push(row[i] === 1n ? decoder.decode(value as Uint8Array) : value);
    }
    yield values;
  }
  throw new Error("the result ended in the middle");
}

/**
 * Rows of a RETURNING. All changes are made before the first row, so a failure
 * shows as no rows at all; then nothing was changed, and asking again is safe.
 */
function* changingRows(
  plain: NativeStatement,
  args: readonly unknown[],
): Generator<SqlValue[]> {
  let count = 0;
  for (const row of plain.iterate(...args) as Rows) {
    yield row;
    count++;
  }
  if (count === 0) plain.run(...args);
}

/** Asks again in the way that tells why. */
function failureOf(asking: NativeStatement, args: readonly unknown[]): Error {
  try {
    asking.all(...args);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return new Error("the result ended in the middle");
}
