/**
 * What a module may ask for, and how it wants to be started.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { WasmImport, WasmInfo } from "./info.ts";

/** The module name of WASI preview 1, the only one that is given by default. */
export const WASI_PREVIEW1 = "wasi_snapshot_preview1";

/** Refused imports that a message lists; the rest are counted. */
const MAX_LISTED_IMPORTS = 8;

/** Whether a module is a program: it exports `_start` (WASI, application ABI). */
export function isCommand(info: WasmInfo): boolean {
  return exportsFunction(info, "_start");
}

/** Whether a module is a library that wants `_initialize` called first. */
export function isReactor(info: WasmInfo): boolean {
  return exportsFunction(info, "_initialize");
}

/** The imports of a core module that are not functions of an allowed module. */
export function refusedImports(
  info: WasmInfo,
  allowed: readonly string[] = [WASI_PREVIEW1],
): readonly WasmImport[] {
  if (info.kind === "component") return [];
  const names = new Set(allowed);
  return info.imports.filter(({ module, kind }) =>
    kind !== "function" || !names.has(module)
  );
}

/**
 * Refuses a core module that wants more than it may have.
 *
 * Components are let through: their imports are interfaces, which whoever runs
 * them decides on.
 *
 * @param info What {@linkcode inspect} found.
 * @param allowed Module names whose functions may be imported.
 * @throws {ForgeError} `WASM_UNSUPPORTED`, naming the imports.
 *
 * @example
 * ```ts ignore
 * checkImports(inspect(await Deno.readFile("notes.wasm")));
 * ```
 */
export function checkImports(
  info: WasmInfo,
  allowed: readonly string[] = [WASI_PREVIEW1],
): void {
  const refused = refusedImports(info, allowed);
  if (refused.length === 0) return;
  const listed = refused.slice(0, MAX_LISTED_IMPORTS)
    .map(({ module, name, kind }) => `${kind} "${module}.${name}"`);
  const more = refused.length - listed.length;
  throw new ForgeError(
    "WASM_UNSUPPORTED",
    `Cannot load WASM module: it imports ${listed.join(", ")}` +
      (more > 0 ? ` and ${more} more` : ""),
    { hint: hintFor(refused, allowed) },
  );
}

function hintFor(
  refused: readonly WasmImport[],
  allowed: readonly string[],
): string {
  if (refused.some(({ kind }) => kind === "memory")) {
    return "Let the module define and export its memory instead of importing it";
  }
  if (refused.some(({ module }) => module === "wasi_unstable")) {
    return "Build it for WASI preview 1, such as --target wasm32-wasip1: preview 0 is not given";
  }
  if (refused.some(({ module }) => /^(?:__)?wbindgen|^wbg$/.test(module))) {
    return "Build it for --target wasm32-wasip1: wasm-bindgen output runs in browsers only";
  }
  return `An extension may import functions of ${
    allowed.map((name) => `"${name}"`).join(", ")
  } only`;
}

function exportsFunction(info: WasmInfo, name: string): boolean {
  return info.exports.some((item) =>
    item.kind === "function" && item.name === name
  );
}
