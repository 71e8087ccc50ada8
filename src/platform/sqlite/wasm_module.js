// @ts-self-types="./wasm_module.d.ts"
/**
 * The code of SQLite, compiled by Deno as it would compile a module of its own:
 * that needs no permission to read, which a process that runs foreign code does
 * not have. TypeScript does not know this kind of import yet.
 *
 * @module
 */

import source module from "@sqlite.org/sqlite-wasm/sqlite3.wasm";

export default module;
