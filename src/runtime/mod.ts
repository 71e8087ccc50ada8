/**
 * Running extensions.
 *
 * @module
 */

export {
  type Component,
  loadComponent,
  type LoadComponentOptions,
} from "./component/load.ts";
export type { ComponentImports } from "./component/system.ts";
export type { LoadComponentTools } from "./component/tools.ts";
export type * from "./events.ts";
export * from "./examine.ts";
export type * from "./extension.ts";
export type * from "./field.ts";
export {
  DEFAULT_LIMITS,
  DEVELOPMENT_LIMITS,
  type ExtensionLimits,
  type LimitNames,
} from "./limits.ts";
export * from "./load.ts";
export type * from "./log.ts";
export type * from "./module_source.ts";
