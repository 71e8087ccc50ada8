/**
 * The code of SQLite in WASM, on Node.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Compiles it. */
export async function loadWasmModule(): Promise<WebAssembly.Module> {
  return await WebAssembly.compile(await loadWasmBytes());
}

/** Reads its bytes from where npm has put them. */
export async function loadWasmBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const { resolve } = createRequire(import.meta.url);
  return new Uint8Array(
    await readFile(resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm")),
  );
}
