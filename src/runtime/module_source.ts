/**
 * What there is to load.
 *
 * @module
 */

/** A module to load. */
export interface ModuleSource {
  /** Name of the extension. */
  readonly name: string;
  /** Its bytes: the ones that were verified. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}
