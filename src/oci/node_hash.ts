/**
 * Incremental hashes on Node.
 *
 * @module
 */

export { createHash } from "node:crypto";
