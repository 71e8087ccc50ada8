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

/**
 * Loads its bytes, likewise. Deno has such imports only where
 * `--unstable-raw-imports` asks for them: nothing without.
 */
export async function loadWasmBytes(): Promise<Uint8Array | undefined> {
  try {
    const { loadBytes } = await import("./wasm_bytes.js");
    return await loadBytes();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
