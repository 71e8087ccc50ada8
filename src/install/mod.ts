/**
 * From a configuration to verified modules on the disk.
 *
 * @module
 */

export * from "./install.ts";
export * from "./load_module.ts";
export { isCached, type LookUpOptions } from "./look_up.ts";
export * from "./outcome.ts";
export * from "./plan.ts";
export * from "./read_image.ts";
export * from "./trust_policy.ts";
