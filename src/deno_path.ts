/**
 * `node:path` on Deno, which takes 5 to 8 ms to load it: it waits for the first
 * path. The npm build puts `node_path.ts` in the place of this.
 *
 * @module
 */

/** What the system does with paths. */
export function systemPath(): typeof import("node:path") {
  return process.getBuiltinModule("node:path");
}
