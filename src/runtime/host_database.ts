/**
 * `host-database`: statements of an extension on its own database.
 *
 * Whatever goes wrong with a statement is an answer for the extension, and no
 * error of the host.
 *
 * @module
 */

import { ForgeError, isStackOverflow } from "../errors.ts";
import type { Database, Executed } from "../platform/types.ts";
import type { AbiResult } from "./abi/mod.ts";
import type { ExtensionLimits } from "./limits.ts";
import type { Rows, Statement } from "./world/types.ts";

/** Characters of a message that an extension gets. */
const MAX_MESSAGE_LENGTH = 4096;

/** What `host-database` gives. */
export interface HostDatabase {
  /** Runs a statement and gives its rows. */
  readonly query: (statement: Statement) => AbiResult<Rows, string>;
  /** Runs a statement for its effect. */
  readonly execute: (statement: Statement) => AbiResult<Executed, string>;
  /** Runs a script. */
  readonly migrate: (
    script: { readonly sql: string },
  ) => AbiResult<void, string>;
}

/**
 * Makes the functions of `host-database`.
 *
 * @param name Name of the extension, for errors.
 * @param database The database; an extension without one gets an error for
 * each statement.
 * @param limits How much a query may give.
 */
export function createHostDatabase(
  name: string,
  database: Database | undefined,
  limits: Pick<ExtensionLimits, "maxRows" | "maxResultBytes">,
): HostDatabase {
  const needed = (): Database => {
    if (database !== undefined) return database;
    throw new Error("this host gives the extension no database");
  };
  const attempt = <T>(work: () => T): AbiResult<T, string> => {
    try {
      return { ok: true, value: work() };
    } catch (error) {
      // The guest has used up the stack: this is not about the statement.
      if (isStackOverflow(error)) throw error;
      // Nor can it go on with a database that nothing works with any more.
      if (database?.isLost === true) throw cannotWait(name, error);
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, error: message.slice(0, MAX_MESSAGE_LENGTH) };
    }
  };
  return {
    query: ({ sql, params }) =>
      attempt(() => {
        const rows = needed().query(sql, params);
        checkRows(rows, limits);
        return rows;
      }),
    execute: ({ sql, params }) => attempt(() => needed().execute(sql, params)),
    migrate: ({ sql }) => attempt(() => needed().migrate(sql)),
  };
}

function cannotWait(name: string, cause: unknown): ForgeError {
  return new ForgeError(
    "EXTENSION_TIMEOUT",
    `Cannot wait for ${name}: a single step of its SQL takes too long`,
    {
      hint:
        "It works on megabytes at once, with a function such as instr, replace or highlight: ask it for less",
      cause,
    },
  );
}

function checkRows(
  rows: Rows,
  { maxRows, maxResultBytes }: Pick<
    ExtensionLimits,
    "maxRows" | "maxResultBytes"
  >,
): void {
  if (rows.length > maxRows) {
    throw new Error(`the query gives more than ${maxRows} rows`);
  }
  let size = 0;
  for (const row of rows) {
    for (const value of row) {
      if (typeof value === "string") size += value.length;
      else if (value instanceof Uint8Array) size += value.byteLength;
      else size += 8;
    }
  }
  if (size > maxResultBytes) {
    throw new Error(`the query gives more than ${maxResultBytes} bytes`);
  }
}
