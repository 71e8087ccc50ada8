/**
 * Statements of SQLite in WASM: values cross by its C interface, all of them
 * exactly.
 *
 * @module
 */

import type { SqlValue } from "../types.ts";
import type { SqlQuery } from "./engine.ts";
import type { Life } from "./life.ts";
import { tooManyBytes } from "./result_limits.ts";
import { type Pointer, SQLITE, type SqliteLibrary } from "./wasm_library.ts";

const INTERRUPT = 9;

/** What a statement tells and asks its engine. */
export interface WasmQueryHooks {
  /** It is about to be compiled, or to run. */
  readonly onStart: () => void;
  /** It gave a row, or is at its end. */
  readonly onStep: () => void;
  /** It was stopped: the error for that. */
  readonly onInterrupt: () => Error;
  /** It is done, or was left in the middle, and holds nothing. */
  readonly onEnd: () => void;
  /** Whether SQLite can still be called. */
  readonly life: Life;
}

/** Compiles a statement. */
export function createWasmQuery(
  library: SqliteLibrary,
  database: Pointer,
  sql: string,
  hooks: WasmQueryHooks,
): SqlQuery {
  const { exports } = library.wasm;
  const failure = (status: number): Error =>
    (status & 0xff) === INTERRUPT
      ? hooks.onInterrupt()
      : new Error(library.capi.sqlite3_errmsg(database));
  const { life } = hooks;
  hooks.onStart();
  const statement = life.call(() => compile(library, database, sql, failure));

  /** Goes from row to row. */
  function* steps(params: readonly SqlValue[]): Generator<void> {
    try {
      hooks.onStart();
      life.call(() => bindAll(library, statement, params, failure));
      const step = () => exports.sqlite3_step!(statement) as number;
      while (true) {
        const status = life.call(step);
        hooks.onStep();
        if (status === SQLITE.DONE) return;
        if (status !== SQLITE.ROW) throw failure(status);
        yield;
      }
    } finally {
      if (!life.isOver) {
        exports.sqlite3_reset!(statement);
        exports.sqlite3_clear_bindings!(statement);
      }
      hooks.onEnd();
    }
  }

  return {
    *rows(params, maxRowBytes) {
      const width: number = exports.sqlite3_column_count!(statement);
      for (const _ of steps(params)) {
        yield readRow(library, statement, width, maxRowBytes);
      }
    },
    run(params) {
      // deno-lint-ignore no-empty -- run for its effect
      for (const _ of steps(params)) {}
      return {
        changes: exports.sqlite3_changes64!(database),
        lastInsertId: exports.sqlite3_last_insert_rowid!(database),
      };
    },
    finalize() {
      if (!life.isOver) exports.sqlite3_finalize!(statement);
    },
  };
}

function compile(
  { wasm }: SqliteLibrary,
  database: Pointer,
  sql: string,
  failure: (status: number) => Error,
): Pointer {
  const text = copy(wasm, new TextEncoder().encode(sql));
  const out = wasm.allocPtr();
  try {
    const status: number = wasm.exports.sqlite3_prepare_v2!(
      ...[database, text.pointer, text.bytes, out, 0],
    );
    if (status !== SQLITE.OK) throw failure(status);
    return wasm.peekPtr(out);
  } finally {
    wasm.dealloc(out);
    wasm.dealloc(text.pointer);
  }
}

type Memory = SqliteLibrary["wasm"];

/** Copies bytes into the memory of SQLite; even none have an address. */
function copy(wasm: Memory, bytes: Uint8Array) {
  const pointer = wasm.alloc(Math.max(bytes.length, 1));
  wasm.heap8u().set(bytes, pointer);
  return { pointer, bytes: bytes.length };
}

function bindAll(
  { wasm }: SqliteLibrary,
  statement: Pointer,
  params: readonly SqlValue[],
  failure: (status: number) => Error,
): void {
  params.forEach((value, i) => {
    const status = bind(wasm, statement, i + 1, value);
    if (status !== SQLITE.OK) throw failure(status);
  });
}

function bind(
  wasm: Memory,
  statement: Pointer,
  position: number,
  value: SqlValue,
): number {
  const { exports } = wasm;
  switch (typeof value) {
    case "bigint":
      if (value !== BigInt.asIntN(64, value)) {
        throw new RangeError(`${value} does not fit into 64 bits`);
      }
      return exports.sqlite3_bind_int64!(statement, position, value);
    case "number":
      return exports.sqlite3_bind_double!(statement, position, value);
    case "string":
    case "object": {
      if (value === null) {
        return exports.sqlite3_bind_null!(statement, position);
      }
      const isText = typeof value === "string";
      const { pointer, bytes } = copy(
        wasm,
        isText ? new TextEncoder().encode(value) : value,
      );
      const assign = isText
        ? exports.sqlite3_bind_text!
        : exports.sqlite3_bind_blob!;
      try {
        return assign(statement, position, pointer, bytes, SQLITE.TRANSIENT);
      } finally {
        wasm.dealloc(pointer);
      }
    }
  }
}

/** SQLite may hold one blob for many columns; here each is a copy. */
function readRow(
  library: SqliteLibrary,
  statement: Pointer,
  width: number,
  maxBytes: number,
): SqlValue[] {
  const row: SqlValue[] = [];
  let left = maxBytes;
  for (let i = 0; i < width; i++) {
    left -= bytesOf(library, statement, i);
    if (left < 0) throw tooManyBytes(maxBytes);
    row.push(readColumn(library, statement, i));
  }
  return row;
}

/** Bytes that a text or a blob has; numbers are small. */
function bytesOf(
  { wasm: { exports } }: SqliteLibrary,
  statement: Pointer,
  column: number,
): number {
  const type = exports.sqlite3_column_type!(statement, column);
  return type === SQLITE.TEXT || type === SQLITE.BLOB
    ? exports.sqlite3_column_bytes!(statement, column)
    : 0;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function readColumn(
  { wasm }: SqliteLibrary,
  statement: Pointer,
  column: number,
): SqlValue {
  const { exports } = wasm;
  switch (exports.sqlite3_column_type!(statement, column)) {
    case SQLITE.INTEGER:
      return exports.sqlite3_column_int64!(statement, column);
    case SQLITE.FLOAT:
      return exports.sqlite3_column_double!(statement, column);
    case SQLITE.TEXT: {
      const start = exports.sqlite3_column_text!(statement, column);
      return decoder.decode(bytesAt(wasm, statement, column, start));
    }
    case SQLITE.BLOB: {
      const start = exports.sqlite3_column_blob!(statement, column);
      return bytesAt(wasm, statement, column, start).slice();
    }
    default:
      return null;
  }
}

function bytesAt(
  wasm: Memory,
  statement: Pointer,
  column: number,
  start: Pointer,
): Uint8Array {
  const bytes = wasm.exports.sqlite3_column_bytes!(statement, column);
  return wasm.heap8u().subarray(start, start + bytes);
}
