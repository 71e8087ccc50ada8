/**
 * `forge.lock`: what every extension was when it was last looked up, so that
 * it stays so.
 *
 * It reads, writes and compares; what follows from a difference others decide.
 *
 * @module
 */

export * from "./file.ts";
export * from "./format.ts";
export * from "./match.ts";
export * from "./model.ts";
export * from "./parse.ts";
export * from "./replace_file.ts";
