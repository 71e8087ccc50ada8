/**
 * The code of SQLite in WASM, on Node.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Reads it from where npm has put it, and compiles it. */
export async function loadWasmModule(): Promise<WebAssembly.Module> {
  const { resolve } = createRequire(import.meta.url);
  const bytes = await readFile(
    resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm"),
  );
  return await WebAssembly.compile(new Uint8Array(bytes));
}
