/**
 * `node:path` on Node, where it is there already.
 *
 * @module
 */

import * as path from "node:path";

/** What the system does with paths. */
export function systemPath(): typeof path {
  return path;
}
