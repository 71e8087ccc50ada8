/**
 * The vocabulary of OCI: digests, references, manifests, verification.
 *
 * @module
 */

export * from "./digest.ts";
export * from "./manifest.ts";
export * from "./media_types.ts";
export * from "./reference.ts";
export * from "./verify.ts";
