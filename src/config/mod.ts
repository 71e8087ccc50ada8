/**
 * `forge.ron`: found, read, checked.
 *
 * @module
 */

export * from "./discover.ts";
export * from "./model.ts";
export * from "./parse.ts";
export * from "./problem.ts";
export * from "./read.ts";
export * from "./scan.ts";
export * from "./slug.ts";
