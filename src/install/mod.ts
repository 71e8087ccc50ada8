/**
 * From a configuration to verified modules on the disk.
 *
 * @module
 */

export * from "./install.ts";
export * from "./load_module.ts";
export { type CachedLookup, findCached } from "./locked.ts";
export * from "./outcome.ts";
export * from "./plan.ts";
export * from "./read_image.ts";
