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
export * from "./oci/mod.ts";
