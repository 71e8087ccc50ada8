/**
 * The errors for results that are larger than they may be.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";

/** The error for a result of that. */
export function tooMuch(what: string): ForgeError {
  return new ForgeError("SQL_LIMIT", `Cannot read a result of ${what}`, {
    hint: "Ask for less: add a LIMIT, name the columns that are needed",
  });
}

/** The error for a result of more bytes than there may be. */
export function tooManyBytes(maxBytes: number): ForgeError {
  return tooMuch(`more than ${maxBytes} bytes`);
}
