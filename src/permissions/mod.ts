/**
 * What a configuration needs from its host, and how to grant just that.
 *
 * @module
 */

export { entryFor } from "./authority.ts";
export * from "./format.ts";
export * from "./requirements.ts";
export {
  type Companion,
  companionsOf,
  isWellKnown,
  WELL_KNOWN_REGISTRIES,
  type WellKnownRegistry,
} from "./well_known.ts";
