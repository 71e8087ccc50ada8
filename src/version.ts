/**
 * The version of this package. A test holds it to `deno.json`.
 *
 * @module
 */

/** Semantic version. */
export const VERSION: string = "0.1.0";
