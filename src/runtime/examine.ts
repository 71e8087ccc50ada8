/**
 * What a module would be to its host, without running any of it.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { ExtensionWorld } from "./extension.ts";
import type { ExtensionLimits, LimitNames } from "./limits.ts";
import type { ModuleSource } from "./module_source.ts";

/** What a module would be to its host. */
export interface ExaminedModule {
  /** What it is to its host; `undefined` for a component that cannot be run. */
  readonly world: ExtensionWorld | undefined;
  /** Version of the world `forge:extension` that it exports, as it writes it. */
  readonly version: string | undefined;
  /** Why it would not be loaded, as far as that can be told without compiling. */
  readonly problem: ForgeError | undefined;
}

/** Options of {@linkcode examineModule}. */
export interface ExamineModuleOptions {
  /** What the limits are called where they were set, for the hint of the problem. */
  readonly limitNames?: LimitNames | undefined;
}

/**
 * Looks a module through as `loadExtension` does before it compiles: what it
 * imports, whether it is of the Forge world, whether it can be metered. Nothing
 * of it runs.
 *
 * @param limits What it may use up; `DEFAULT_LIMITS` for what is not given.
 * @throws {ForgeError} `WASM_INVALID` when it is none, or malformed.
 *
 * @example
 * ```ts
 * import { examineModule } from "@forgepoint/forge";
 *
 * const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * const { world, problem } = await examineModule({ name: "empty", bytes });
 * world; // "module"
 * problem?.message; // undefined
 * ```
 */
export async function examineModule(
  source: ModuleSource,
  limits?: Partial<ExtensionLimits>,
  options: ExamineModuleOptions = {},
): Promise<ExaminedModule> {
  const { examine } = await import("./examination.ts");
  return await examine(source, limits, options);
}
