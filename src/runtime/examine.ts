/**
 * What a module would be to its host, without running any of it.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { findMainModule, inspect, type WasmInfo } from "../wasm/mod.ts";
import { notGiven } from "./imports.ts";
import {
  type ExtensionLimits,
  type LimitNames,
  resolveLimits,
} from "./limits.ts";
import {
  checkSize,
  type ExtensionWorld,
  type ModuleSource,
  takeApart,
  worldOf,
} from "./program.ts";
import { createWasiHost, WASI_MODULE } from "./wasi.ts";
import { findWorld } from "./world/names.ts";

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
 * const { world, problem } = examineModule({ name: "empty", bytes });
 * world; // "module"
 * problem?.message; // undefined
 * ```
 */
export function examineModule(
  source: ModuleSource,
  limits?: Partial<ExtensionLimits>,
  { limitNames }: ExamineModuleOptions = {},
): ExaminedModule {
  const info = inspect(source.bytes);
  const resolved = resolveLimits(limits, limitNames);
  let problem: ForgeError | undefined;
  try {
    checkSize(source, resolved);
    checkWasi(source.name, takeApart(source, resolved).info);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    problem = error;
  }
  const core = info.kind === "core" ? info : findMainModule(info.modules)?.info;
  return {
    world: core && worldOf(core),
    version: core && findWorld(core)?.version,
    problem,
  };
}

/** Of WASI preview 1 there are functions that extensions do not get. */
function checkWasi(extension: string, { imports }: WasmInfo): void {
  const { imports: known } = createWasiHost({
    ...{ name: extension, onLog: () => {}, clock: { now: () => 0 } },
  });
  const unknown = imports.find(({ module, name }) =>
    module === WASI_MODULE && !Object.hasOwn(known, name)
  );
  if (unknown !== undefined) throw notGiven(extension, unknown);
}
