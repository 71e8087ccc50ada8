/**
 * What SQLite itself refuses when it compiles a statement of an extension:
 * the second wall, behind `statements.ts`.
 *
 * @module
 */

import { isAllowedPragma } from "./statements.ts";

/** Allowed, in SQLite's words. */
export const SQLITE_OK = 0;
/** Refused, in SQLite's words. */
export const SQLITE_DENY = 1;

/** Codes of actions from SQLite's C interface. */
const PRAGMA = 19;
const ATTACH = 24;
const DETACH = 25;
const CREATE_VIRTUAL_TABLE = 29;
const DROP_VIRTUAL_TABLE = 30;
const FUNCTION = 31;
/** The highest code that was known when this was written. */
const LAST_ACTION = 33;

/** Functions that reach files or addresses, in builds that have them. */
const REFUSED_FUNCTIONS = new Set([
  ...["edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"],
]);

/** Kinds of virtual table that live in the database itself. */
const ALLOWED_MODULES = new Set([
  ...["fts3", "fts4", "fts4aux", "fts5", "fts5vocab", "geopoly", "json_each"],
  ...["json_tree", "rtree", "rtree_i32"],
]);

/** Tables that show or change the pages behind the tables. */
const REFUSED_TABLES = new Set(["sqlite_dbpage"]);

/**
 * Decides about one action.
 *
 * @param action Its code.
 * @param first What it is about, as SQLite's manual says for each.
 * @param second More of that.
 */
export function isAllowed(
  action: number,
  first: string | null | undefined,
  second: string | null | undefined,
): boolean {
  switch (action) {
    case ATTACH:
    case DETACH:
      return false;
    case PRAGMA:
      return isAllowedPragma(first ?? "");
    case FUNCTION:
      return !REFUSED_FUNCTIONS.has((second ?? "").toLowerCase());
    case CREATE_VIRTUAL_TABLE:
    case DROP_VIRTUAL_TABLE:
      return ALLOWED_MODULES.has((second ?? "").toLowerCase());
    default:
      return action >= 0 && action <= LAST_ACTION &&
        !REFUSED_TABLES.has((first ?? "").toLowerCase());
  }
}
