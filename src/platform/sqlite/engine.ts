/**
 * What a SQLite must offer to keep the database of an extension; two do.
 *
 * @module
 */

import type { SqlValue } from "../types.ts";

/** An open file of one SQLite. */
export interface SqlEngine {
  /**
   * Compiles one statement.
   *
   * @throws {Error} With SQLite's own message, also by what it gives.
   */
  readonly prepare: (sql: string) => SqlQuery;
  /** Runs statements of the host, before extensions get to it. */
  readonly setUp: (sql: string) => void;
  /** Bounds the log (WAL), where the engine keeps it itself. */
  readonly limitLog?: (maxBytes: number) => void;
  /** From here on asks {@linkcode isAllowed} before it compiles. */
  readonly guard: () => void;
  /** A call of the extension begins: what may be taken is taken from here on. */
  readonly begin?: () => void;
  /** Whether it was torn off in the middle of a statement; never, where it cannot be. */
  readonly isLost?: () => boolean;
  /** Closes the file and everything that was prepared. */
  readonly close: () => void;
}

/** A compiled statement, run again and again. */
export interface SqlQuery {
  /**
   * Runs it; rows come one by one, and it ends when the caller does.
   *
   * @param maxRowBytes Bytes of text and blobs in one row; where it can be told
   * before, larger ones are not read at all.
   * @throws {ForgeError} `SQL_LIMIT` for such a row.
   */
  readonly rows: (
    params: readonly SqlValue[],
    maxRowBytes: number,
  ) => Iterable<SqlValue[]>;
  /** Runs it to its end. */
  readonly run: (params: readonly SqlValue[]) => {
    readonly changes: bigint;
    readonly lastInsertId: bigint;
  };
  /** Frees it. */
  readonly finalize: () => void;
}

/** Bounds that an engine itself must hold. */
export interface EngineLimits {
  /** Bytes of one value or row. */
  readonly maxValueBytes: number;
  /** Instructions of SQLite's machine in one call, where they can be counted. */
  readonly maxSteps: number;
  /** Milliseconds of one call, likewise. */
  readonly maxCallMs: number;
  /** Milliseconds to wait for another process. */
  readonly busyTimeoutMs: number;
}

/** Bytes of one SQL text: more than any migration that a person wrote. */
export const MAX_SQL_BYTES: number = 1024 * 1024;
