/**
 * The code of SQLite in WASM, on Deno.
 *
 * @module
 */

/** Loads it; needs no permission, since it is an import. */
export async function loadWasmModule(): Promise<WebAssembly.Module> {
  const { default: module } = await import("./wasm_module.js");
  return module;
}
