/**
 * Errors of threads and processes that do not start, or are gone.
 *
 * @module
 */

import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import type { RemoteError } from "./remote_words.ts";

const CRASHED_HINT =
  "The next call starts it anew; if it goes on, look at the memory of this machine and at the extension";
const BUNDLED_HINT =
  "If this program was bundled, let the bundler leave @forgepoint/forge out (external), and install it beside the program";

/** What the other side said, as an error of this one. */
export function errorOf({ code, message, hint }: RemoteError): Error {
  if (code === undefined) return new Error(message);
  return new ForgeError(code as ForgeErrorCode, message, { hint });
}

/** There is no thread or process to be had. */
export function notStarted(
  name: string,
  level: string,
  cause: unknown,
): ForgeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ForgeError(
    "EXTENSION_CRASHED",
    `Cannot start a ${level} for ${name}: ${reason}`,
    {
      hint:
        "Let this program start others (--allow-run on Deno), or leave isolation out",
      cause,
    },
  );
}

/**
 * It is gone.
 *
 * @param name Name of the extension.
 * @param reason How it ended.
 * @param entry The module that it was to run.
 */
export function crashed(name: string, reason: string, entry: URL): ForgeError {
  return new ForgeError(
    "EXTENSION_CRASHED",
    `Cannot call ${name}: ${reason}`,
    { hint: lacksModule(reason, entry) ? BUNDLED_HINT : CRASHED_HINT },
  );
}

/** Whether it ended since what it is to run is not where it should be. */
function lacksModule(reason: string, entry: URL): boolean {
  // Its ending is another one in the npm package.
  const name = entry.pathname.split("/").at(-1)?.replace(/\.\w+$/, "") ?? "";
  return /cannot find module|module ?not ?found/i.test(reason) &&
    reason.includes(name);
}
