/**
 * Incremental hashes on Deno, which takes 20 ms to load `node:crypto`: it waits
 * for the first hash. The npm build puts `node_hash.ts` in the place of this.
 *
 * @module
 */

import type { Hash } from "node:crypto";

/** Starts a hash. */
export function createHash(algorithm: string): Hash {
  return process.getBuiltinModule("node:crypto").createHash(algorithm);
}
