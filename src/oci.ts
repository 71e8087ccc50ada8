/**
 * The OCI side of Forge on its own: vocabulary, and the registry client.
 *
 * @module
 */

export {
  ForgeError,
  type ForgeErrorCode,
  type ForgeErrorOptions,
} from "./errors.ts";
export * from "./http/mod.ts";
export * from "./oci/mod.ts";
export type { Clock, Files, FileSink, FileStat } from "./platform/types.ts";
export * from "./registry/mod.ts";
