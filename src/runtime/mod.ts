/**
 * Running extensions.
 *
 * @module
 */

export type { Extension, WasmNumber } from "./extension.ts";
export * from "./load.ts";
export type { LogLine } from "./wasi.ts";
