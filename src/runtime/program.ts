/**
 * From verified bytes to a module that can be instantiated.
 *
 * @module
 */

import type { WasmKind } from "../wasm/mod.ts";

/** What an extension is to its host. */
export type ExtensionWorld =
  /** One of the Forge world: it resolves GraphQL fields. */
  | "forge:extension"
  /** A program with `_start`. */
  | "command"
  /** A library: what it exports can be called. */
  | "module";

/** A module that was looked through, metered and compiled. */
export interface Program {
  /** What the file is. */
  readonly kind: WasmKind;
  /** What it is to its host. */
  readonly world: ExtensionWorld;
  /** The compiled module. */
  readonly module: WebAssembly.Module;
  /** Names of the functions that it exports. */
  readonly functions: readonly string[];
}
