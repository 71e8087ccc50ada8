/**
 * The database of one extension on any engine: one statement at a time,
 * bounded results, migrations as a whole or not at all.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import type { Database, SqlValue } from "../types.ts";
import { MAX_SQL_BYTES, type SqlEngine, type SqlQuery } from "./engine.ts";
import { tooManyBytes, tooMuch } from "./result_limits.ts";
import { isForHost, readStatements, type SqlStatement } from "./statements.ts";

/** Compiled statements that are kept: more than an extension has queries. */
const MAX_PREPARED = 64;
/** Texts of at most so many characters are taken apart once for all. */
const MAX_KNOWN_LENGTH = 4096;
/** What a value weighs in the bytes of a result beside its own. */
const VALUE_OVERHEAD_BYTES = 16;

const SAVEPOINT = "forge_migration";
/** A migration is one transaction: its own words for that say nothing more. */
const TRANSACTION_WORDS = new Set(["BEGIN", "COMMIT", "END"]);

/** Bounds of the results of a query. */
export interface ResultLimits {
  /** Rows. */
  readonly maxRows: number;
  /** Bytes, all values together. */
  readonly maxResultBytes: number;
}

/** Makes a database of an engine that is set up and guarded. */
export function createDatabase(
  engine: SqlEngine,
  limits: ResultLimits,
): Database {
  const prepared = new Map<string, SqlQuery>();
  const known = new Map<string, SqlStatement>();
  let isOpen = true;

  function read(sql: string): SqlStatement {
    const found = known.get(sql);
    if (found !== undefined) return found;
    const statement = onlyStatement(sql);
    if (known.size === MAX_PREPARED) known.clear();
    if (sql.length <= MAX_KNOWN_LENGTH) known.set(sql, statement);
    return statement;
  }

  function prepare(text: string): SqlQuery {
    if (!isOpen) {
      throw new ForgeError("SQL_FAILED", "Cannot run SQL: database is closed");
    }
    const found = prepared.get(text);
    // Used again, it is the youngest.
    if (found !== undefined) prepared.delete(text);
    const query = found ?? engine.prepare(text);
    prepared.set(text, query);
    if (prepared.size > MAX_PREPARED) {
      const [oldest, { finalize }] = prepared.entries().next().value!;
      prepared.delete(oldest);
      finalize();
    }
    return query;
  }

  function runAll(statements: readonly SqlStatement[]): void {
    for (const { text } of statements) {
      const query = engine.prepare(text);
      try {
        query.run([]);
      } finally {
        query.finalize();
      }
    }
  }

  return {
    query(sql, params) {
      const statement = read(sql);
      if (isForHost(statement)) return [];
      engine.begin?.();
      return guarded(() =>
        collect(
          prepare(statement.text).rows(params, limits.maxResultBytes),
          limits,
        )
      );
    },

    execute(sql, params) {
      const statement = read(sql);
      if (isForHost(statement)) return { rowsAffected: 0n };
      const { verb, text } = statement;
      engine.begin?.();
      const done = guarded(() => prepare(text).run(params));
      const inserts = verb === "INSERT" || verb === "REPLACE";
      const changes = inserts || verb === "UPDATE" || verb === "DELETE";
      // SQLite keeps both numbers until the next statement that changes them.
      const rowsAffected = changes ? done.changes : 0n;
      return inserts && rowsAffected > 0n
        ? { rowsAffected, lastInsertId: done.lastInsertId }
        : { rowsAffected };
    },

    migrate(sql) {
      const { before, inside, after } = migrationOf(sql);
      engine.begin?.();
      guarded(() => {
        runAll(before);
        migrateInside(inside, runAll);
        runAll(after);
      });
    },

    get isLost() {
      return engine.isLost?.() ?? false;
    },

    close() {
      if (!isOpen) return;
      isOpen = false;
      for (const { finalize } of prepared.values()) finalize();
      prepared.clear();
      engine.close();
    },
  };
}

function onlyStatement(sql: string): SqlStatement {
  checkLength(sql);
  const statements = readStatements(sql);
  const [first] = statements;
  if (first !== undefined && statements.length === 1) return first;
  throw new ForgeError(
    "SQL_FAILED",
    `Cannot run SQL: it has ${statements.length} statements, not one`,
    { hint: "Run them one by one, or as a migration" },
  );
}

function checkLength(sql: string): void {
  if (sql.length <= MAX_SQL_BYTES) return;
  throw new ForgeError(
    "SQL_LIMIT",
    `Cannot run SQL: it has ${sql.length} characters, at most ${MAX_SQL_BYTES} are read`,
    { hint: "Pass values as parameters" },
  );
}

/** Reads rows until there are too many, or too large ones. */
function collect(
  rows: Iterable<SqlValue[]>,
  { maxRows, maxResultBytes }: ResultLimits,
): SqlValue[][] {
  const result: SqlValue[][] = [];
  let bytes = 0;
  for (const row of rows) {
    if (result.length === maxRows) throw tooMuch(`more than ${maxRows} rows`);
    for (const value of row) {
      bytes += VALUE_OVERHEAD_BYTES +
        (typeof value === "string" || value instanceof Uint8Array
          ? value.length
          : 0);
    }
    if (bytes > maxResultBytes) throw tooManyBytes(maxResultBytes);
    result.push(row);
  }
  return result;
}

interface Migration {
  readonly before: readonly SqlStatement[];
  readonly inside: readonly SqlStatement[];
  readonly after: readonly SqlStatement[];
}

/**
 * Foreign keys cannot be switched within a transaction, and are around
 * changes of tables that others refer to: these words stay outside.
 */
function migrationOf(sql: string): Migration {
  checkLength(sql);
  const wanted = readStatements(sql).filter((statement) =>
    !isForHost(statement) && !TRANSACTION_WORDS.has(statement.keyword)
  );
  const isSwitch = ({ pragma }: SqlStatement) => pragma === "foreign_keys";
  const first = wanted.findIndex((statement) => !isSwitch(statement));
  if (first < 0) return { before: wanted, inside: [], after: [] };
  const last = wanted.findLastIndex((statement) => !isSwitch(statement));
  const inside = wanted.slice(first, last + 1);
  const wrong = inside.find((statement) =>
    isSwitch(statement) || statement.keyword === "ROLLBACK"
  );
  if (wrong !== undefined) {
    throw new ForgeError(
      "SQL_REFUSED",
      `Cannot migrate: "${wrong.text.slice(0, 60)}" stands in the middle`,
      { hint: "A migration is one transaction: put this at its start or end" },
    );
  }
  return {
    before: wanted.slice(0, first),
    inside,
    after: wanted.slice(last + 1),
  };
}

function migrateInside(
  statements: readonly SqlStatement[],
  runAll: (statements: readonly SqlStatement[]) => void,
): void {
  const run = (text: string) => runAll([{ text, keyword: "", verb: "" }]);
  run(`SAVEPOINT ${SAVEPOINT}`);
  try {
    runAll(statements);
    run(`RELEASE ${SAVEPOINT}`);
  } catch (error) {
    try {
      run(`ROLLBACK TO ${SAVEPOINT}`);
      run(`RELEASE ${SAVEPOINT}`);
    } catch {
      // After some failures, such as a full disk, SQLite has undone everything itself.
    }
    throw error;
  }
}

/** SQLite's own words become an error of the library; ours pass. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ForgeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError("SQL_FAILED", `Cannot run SQL: ${reason}`, {
      hint: "Correct the statement or its parameters",
      cause,
    });
  }
}
