/**
 * The core module inside of a component.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { WasmInfo, WasmNested } from "./info.ts";
import { inspect } from "./inspect.ts";

/**
 * Takes the main module out of a component.
 *
 * Tools that make components put the compiled module in whole and add small
 * ones around it, to adapt and to link; those have no memory of their own. The
 * module keeps its imports and exports, so that a host that follows the
 * canonical ABI can run it without the component around it.
 *
 * @param bytes A component.
 * @param info What {@linkcode inspect} found in it, if that is known already.
 * @returns A view of the module within `bytes`.
 * @throws {ForgeError} `WASM_UNSUPPORTED` when there is no main module, or when
 * several could be; `WASM_INVALID` when it is malformed.
 *
 * @example
 * ```ts ignore
 * const module = new WebAssembly.Module(unwrapComponent(bytes));
 * ```
 */
export function unwrapComponent(
  bytes: Uint8Array<ArrayBuffer>,
  info: WasmInfo = inspect(bytes),
): Uint8Array<ArrayBuffer> {
  if (info.kind === "core") {
    throw new ForgeError(
      "WASM_UNSUPPORTED",
      "Cannot unwrap a core module: it is no component",
    );
  }
  const { offset, info: { sizeBytes } } = mainModule(info.modules);
  return bytes.subarray(offset, offset + sizeBytes);
}

/** The module of a component that is the main one; `undefined` when none is, or several could be. */
export function findMainModule(
  modules: readonly WasmNested[],
): WasmNested | undefined {
  const candidates = candidatesOf(modules);
  return candidates.length === 1 ? candidates[0] : undefined;
}

function candidatesOf(modules: readonly WasmNested[]): readonly WasmNested[] {
  const withMemory = modules.filter(({ info }) =>
    info.memory !== undefined && !info.memory.imported
  );
  return withMemory.length > 0 ? withMemory : modules;
}

function mainModule(modules: readonly WasmNested[]): WasmNested {
  const main = findMainModule(modules);
  if (main !== undefined) return main;
  const { length } = candidatesOf(modules);
  throw new ForgeError(
    "WASM_UNSUPPORTED",
    length === 0
      ? "Cannot unwrap component: it has no core module"
      : `Cannot unwrap component: ${length} of its core modules could be the main one`,
    {
      hint:
        "A component of one module can be run; a composition of several cannot",
    },
  );
}
