/**
 * Forge extensions: WASM modules from OCI registries, named in `forge.ron`,
 * verified, cached, sandboxed and run.
 *
 * The steps are plain functions, and each takes what it needs from outside as
 * an argument; {@linkcode platform} is this process with its disk and network.
 * Importing this module does nothing.
 *
 * @example Run everything that forge.ron names
 * ```ts
 * import {
 *   installProject,
 *   loadExtension,
 *   openProject,
 *   platform,
 *   readModule,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * for (const outcome of await installProject(project, { platform })) {
 *   if (outcome.status === "failed") throw outcome.error;
 *   if (outcome.status === "skipped") continue;
 *   const bytes = await readModule(outcome, platform);
 *   const extension = await loadExtension({ name: outcome.name, bytes });
 *   extension.functions;
 * }
 * ```
 *
 * @module
 */

export * from "./src/archive/mod.ts";
export * from "./src/cache/mod.ts";
export * from "./src/config/mod.ts";
export * from "./src/errors.ts";
export type { WithConcurrencyOptions } from "./src/http/mod.ts";
export * from "./src/install/mod.ts";
export {
  differenceFrom,
  findLocked,
  formatLock,
  type FoundContent,
  type Lock,
  LOCK_VERSION,
  type LockDifference,
  type LockedExtension,
  type LockLookup,
  lockPathOf,
  lockReference,
  type LockReferenceParts,
  MAX_LOCK_BYTES,
  parseLock,
  type ParseLockOptions,
  readLock,
  type ReplaceFileOptions,
  writeLock,
} from "./src/lock/mod.ts";
export * from "./src/permissions/mod.ts";
export { platform } from "./src/platform/deno.ts";
export type * from "./src/platform/types.ts";
export * from "./src/project/mod.ts";
export * from "./src/publish/mod.ts";
export * from "./src/runtime/mod.ts";
export {
  type Authority,
  type Certificate,
  type CertificateExtension,
  generateKeyPair,
  type ImageSignature,
  type KeyAlgorithm,
  type NewKeyPair,
  parsePublicKey,
  parseSigningKey,
  type ParseSigningKeyOptions,
  parseTrustedRoot,
  type PublicKey,
  type SigningKey,
  type TrustedIdentity,
  type TrustedLog,
  type TrustedRoot,
  type TrustPolicy,
  type ValidFor,
  type VerifiedSignature,
  type VerifySignatureOptions,
  verifySignatures,
} from "./src/trust/mod.ts";
export { VERSION } from "./src/version.ts";
export { checkHeader, inspect } from "./src/wasm/mod.ts";
export type * from "./src/wasm/info.ts";
export type { WasmKind } from "./src/wasm/header.ts";
