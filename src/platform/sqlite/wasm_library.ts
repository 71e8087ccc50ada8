/**
 * SQLite compiled to WASM, as its authors publish it: where the runtime has no
 * SQLite, and where a query must be stoppable.
 *
 * @module
 */

import type { CodeMeter } from "../types.ts";
import { loadWasmBytes, loadWasmModule } from "./deno_wasm_module.ts";

/** An address in the memory of SQLite. */
export type Pointer = number;

/** SQLite's C interface, plain numbers in and out. */
export type SqliteExports = Readonly<
  // deno-lint-ignore no-explicit-any -- numbers and bigints, as the C function has them
  Record<string, (...args: any[]) => any>
>;

/** A struct of C, whose fields are properties with `$` in front. */
export interface WasmStruct {
  /** Where it is. */
  readonly pointer: Pointer;
  /** Forgets it. */
  dispose(): void;
  // deno-lint-ignore no-explicit-any -- a field is a number or a bigint
  [field: `$${string}`]: any;
}

/** What is used of the package. */
export interface SqliteLibrary {
  /** Functions that take and give values of JavaScript, structs and constants. */
  readonly capi: {
    readonly sqlite3_vfs: new () => WasmStruct;
    readonly sqlite3_io_methods: new () => WasmStruct;
    readonly sqlite3_file: (new (pointer?: Pointer) => WasmStruct) & {
      readonly structInfo: { readonly sizeof: number };
    };
    sqlite3_open_v2(
      name: string,
      out: Pointer,
      flags: number,
      vfs: string,
    ): number;
    sqlite3_close_v2(database: Pointer): number;
    sqlite3_exec(
      database: Pointer,
      sql: string,
      callback: number,
      context: number,
      error: number,
    ): number;
    sqlite3_errmsg(database: Pointer): string;
    sqlite3_errstr(code: number): string;
    sqlite3_limit(database: Pointer, kind: number, value: number): number;
    sqlite3_busy_handler(
      database: Pointer,
      handle: (context: Pointer, count: number) => number,
      context: number,
    ): number;
    sqlite3_db_config(
      database: Pointer,
      option: number,
      value: number,
      out: number,
    ): number;
    sqlite3_set_authorizer(
      database: Pointer,
      decide: (
        context: Pointer,
        action: number,
        first: string | 0,
        second: string | 0,
      ) => number,
      context: number,
    ): number;
    sqlite3_progress_handler(
      database: Pointer,
      steps: number,
      handle: () => number,
      context: number,
    ): void;
  };
  /** Its memory. */
  readonly wasm: {
    readonly exports: SqliteExports;
    heap8u(): Uint8Array;
    alloc(bytes: number): Pointer;
    dealloc(pointer: Pointer): void;
    allocPtr(): Pointer;
    peekPtr(pointer: Pointer): Pointer;
    poke(pointer: Pointer, value: number | bigint, type: string): void;
    cstrToJs(pointer: Pointer): string;
    cstrncpy(target: Pointer, source: Pointer, bytes: number): number;
  };
  /** Registers file systems. */
  readonly vfs: {
    installVfs(options: unknown): void;
  };
}

/** SQLite, loaded. */
export interface LoadedSqlite extends SqliteLibrary {
  /** What it may still do before it traps, where it counts that. */
  readonly fuel: WebAssembly.Global | undefined;
}

/** Its code as it is, compiled once for all. */
let plain: Promise<WebAssembly.Module> | undefined;
/** And as it is rewritten; `undefined` where the runtime does not show it. */
const metered = new WeakMap<
  CodeMeter,
  Promise<WebAssembly.Module | undefined>
>();

/** Loads SQLite: each time a new one, with a memory of its own. */
export async function loadSqlite(meter?: CodeMeter): Promise<LoadedSqlite> {
  const counting = meter && await loadMetered(meter);
  const module = counting ?? await (plain ??= loadWasmModule());
  const { default: init } = await import("@sqlite.org/sqlite-wasm");
  const load = init as unknown as (
    options: unknown,
  ) => Promise<SqliteLibrary>;
  let fuel: LoadedSqlite["fuel"];
  const library = await load({
    print: () => {},
    printErr: () => {},
    instantiateWasm(imports: WebAssembly.Imports, done: Instantiated) {
      const instance = new WebAssembly.Instance(module, imports);
      if (meter !== undefined && counting !== undefined) {
        fuel = instance.exports[meter.fuelExport] as LoadedSqlite["fuel"];
      }
      done(instance, module);
    },
  });
  return { ...library, fuel };
}

function loadMetered(
  meter: CodeMeter,
): Promise<WebAssembly.Module | undefined> {
  const known = metered.get(meter);
  if (known !== undefined) return known;
  const loading = loadWasmBytes().then((bytes) =>
    bytes && WebAssembly.compile(meter.rewrite(bytes))
  );
  metered.set(meter, loading);
  return loading;
}

type Instantiated = (
  instance: WebAssembly.Instance,
  module: WebAssembly.Module,
) => void;

/** Codes and flags of SQLite's C interface that are used here. */
export const SQLITE = {
  OK: 0,
  BUSY: 5,
  NOMEM: 7,
  IOERR: 10,
  NOTFOUND: 12,
  FULL: 13,
  CANTOPEN: 14,
  ROW: 100,
  DONE: 101,
  IOERR_SHORT_READ: 10 | (2 << 8),
  OPEN_READWRITE: 2,
  OPEN_CREATE: 4,
  OPEN_DELETEONCLOSE: 8,
  SHM_UNLOCK: 1,
  INTEGER: 1,
  FLOAT: 2,
  TEXT: 3,
  BLOB: 4,
  /** Tells SQLite to copy what it is given. */
  TRANSIENT: -1,
  LIMIT_LENGTH: 0,
  LIMIT_SQL_LENGTH: 1,
  LIMIT_ATTACHED: 7,
  LIMIT_LIKE_PATTERN_LENGTH: 8,
  DBCONFIG_DEFENSIVE: 1010,
  DBCONFIG_DQS_DML: 1013,
  DBCONFIG_DQS_DDL: 1014,
  DBCONFIG_TRUSTED_SCHEMA: 1017,
} as const;
