/**
 * Taking a module apart to see what it is.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { findMainModule, inspect, type WasmInfo } from "../wasm/mod.ts";
import { notGiven } from "./imports.ts";
import { type ExtensionLimits, resolveLimits } from "./limits.ts";
import type { ModuleSource } from "./module_source.ts";
import { checkSize, takeApart, withName, worldOf } from "./program.ts";
import { createWasiHost, WASI_MODULE } from "./wasi.ts";
import { findWorld } from "./world/names.ts";
import type { ExaminedModule, ExamineModuleOptions } from "./examine.ts";

/** Takes the module apart as a load would. */
export function examine(
  source: ModuleSource,
  limits?: Partial<ExtensionLimits>,
  { limitNames }: ExamineModuleOptions = {},
): ExaminedModule {
  const info = withName(source.name, () => inspect(source.bytes));
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
