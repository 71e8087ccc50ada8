/**
 * From a configuration to verified modules on the disk.
 *
 * @module
 */

export * from "./install.ts";
export * from "./load_module.ts";
export { type CachedLookup, findCached } from "./locked.ts";
export { type Found, isCached, lookUp, type LookUpOptions } from "./look_up.ts";
export * from "./outcome.ts";
export * from "./plan.ts";
export * from "./read_image.ts";
export * from "./recache.ts";
export { type ResolvedImage, resolveImage } from "./resolve_image.ts";
export {
  type VerifiedImage,
  verifyImage,
  type VerifyImageOptions,
} from "./signed_image.ts";
export * from "./trust_policy.ts";
