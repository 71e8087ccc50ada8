/**
 * The cache of fetched modules.
 *
 * @module
 */

export type * from "./cache.ts";
export { errorCode } from "./file_failure.ts";
export * from "./key.ts";
export * from "./metadata.ts";
export { MIN_RESUMABLE_BYTES, type Remains } from "./partials.ts";
export type { StagedFile } from "./staged_file.ts";
export * from "./store.ts";
export * from "./survey.ts";
