/**
 * What makes SQLite count, for databases of extensions that share a thread with
 * the host.
 *
 * @module
 */

import type { CodeMeter } from "../platform/types.ts";
import { FUEL_EXPORT, meter } from "../wasm/mod.ts";

/** Pages of memory that SQLite's own build may have: 2 GiB; each database has a limit below. */
const MAX_PAGES = 32_768;

/** One for all, so that SQLite is rewritten once. */
export const SQL_METER: CodeMeter = {
  // Its memory is made by the package that it comes in.
  rewrite: (module) =>
    meter(module, { isLinked: true, maxMemoryPages: MAX_PAGES }),
  fuelExport: FUEL_EXPORT,
};
