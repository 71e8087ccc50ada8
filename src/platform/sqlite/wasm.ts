/**
 * SQLite in WASM as an engine: it has no way to another file, and ends a
 * statement that runs for too long, whatever the statement is.
 *
 * Its locks are between processes that use this engine; while the SQLite of a
 * runtime has the file open, it has to wait. What it has committed is in the log
 * (WAL), and in the database as soon as it gives its lock back.
 *
 * @module
 */

import { isAllowed, SQLITE_DENY, SQLITE_OK } from "./authorize.ts";
import { type EngineLimits, MAX_SQL_BYTES, type SqlEngine } from "./engine.ts";
import { sleep } from "./file_lock.ts";
import { Life } from "./life.ts";
import { CallBudget } from "./call_budget.ts";
import { VFS_NAME, type WasmFiles } from "./wasm_files.ts";
import {
  type LoadedSqlite,
  type Pointer,
  SQLITE,
  type SqliteLibrary,
} from "./wasm_library.ts";
import { createWasmQuery } from "./wasm_query.ts";

/** Arguments of `sqlite3_exec` for who wants no rows. */
const NO_CALLBACK = [0, 0, 0] as const;
/**
 * Bytes of a pattern of LIKE and GLOB: one look for it in a text is a single
 * instruction, and takes as many steps as both lengths multiplied.
 */
const MAX_PATTERN_BYTES = 1000;
/** Milliseconds between two tries to have a file that another has. */
const TRY_AGAIN_MS = 2;
/**
 * Instructions between two looks at how many there were, and at the time: one
 * that calls a function of SQL on megabytes takes as long as millions of others.
 */
const STEPS_PER_LOOK = 100;

/**
 * Bytes that SQLite may take for one database: room to sort as much as it has
 * by default. Each has a SQLite of its own, so that none takes it from another.
 */
const MAX_HEAP_BYTES = 256 * 1024 * 1024;

/** Opens a file, creating it if need be. */
export function openWasm(
  library: LoadedSqlite,
  files: WasmFiles,
  options: EngineLimits & { readonly path: string },
): SqlEngine {
  const { capi } = library;
  const budget = new CallBudget(options, library.fuel);
  const life = new Life(() => file.abandon());
  let isForHost = false;

  /** Runs statements that an extension must not. */
  function setUp(sql: string): void {
    const was = isForHost;
    isForHost = true;
    budget.begin();
    const status = life.call(() =>
      capi.sqlite3_exec(database, sql, ...NO_CALLBACK)
    );
    budget.refuel();
    isForHost = was;
    if (status !== SQLITE.OK) throw new Error(capi.sqlite3_errmsg(database));
  }

  const file = files.add(
    options.path,
    () => setUp("PRAGMA wal_checkpoint(TRUNCATE)"),
  );
  const database = open(library, file.name);
  waitWhileBusy(library, database, options.busyTimeoutMs);
  return {
    setUp,

    prepare: (sql) =>
      createWasmQuery(library, database, sql, {
        life,
        onStart: () => budget.refuel(),
        onStep: () => budget.refuel(),
        onInterrupt: () => budget.exceeded(),
        onEnd: file.pause,
      }),

    begin: () => budget.begin(),

    limitLog: file.limitLog,

    guard() {
      capi.sqlite3_exec(
        database,
        `PRAGMA hard_heap_limit = ${MAX_HEAP_BYTES}`,
        ...NO_CALLBACK,
      );
      capi.sqlite3_limit(database, SQLITE.LIMIT_ATTACHED, 0);
      capi.sqlite3_limit(database, SQLITE.LIMIT_LENGTH, options.maxValueBytes);
      capi.sqlite3_limit(database, SQLITE.LIMIT_SQL_LENGTH, 2 * MAX_SQL_BYTES);
      capi.sqlite3_limit(
        database,
        SQLITE.LIMIT_LIKE_PATTERN_LENGTH,
        MAX_PATTERN_BYTES,
      );
      const set = (option: number, value: number) =>
        capi.sqlite3_db_config(database, option, value, 0);
      set(SQLITE.DBCONFIG_DEFENSIVE, 1);
      set(SQLITE.DBCONFIG_TRUSTED_SCHEMA, 0);
      // The original server's SQLite takes "text" for text.
      set(SQLITE.DBCONFIG_DQS_DML, 1);
      set(SQLITE.DBCONFIG_DQS_DDL, 1);
      capi.sqlite3_progress_handler(
        database,
        STEPS_PER_LOOK,
        () => budget.spend(STEPS_PER_LOOK) ? 0 : 1,
        0,
      );
      capi.sqlite3_set_authorizer(
        database,
        // What is not said is the null pointer.
        (_, action, first, second) =>
          isForHost || isAllowed(action, first || null, second || null)
            ? SQLITE_OK
            : SQLITE_DENY,
        0,
      );
    },

    isLost: () => life.isOver,

    close() {
      if (life.isOver) return;
      capi.sqlite3_close_v2(database);
      file.remove();
    },
  };
}

function open({ capi, wasm }: SqliteLibrary, name: string): Pointer {
  const out = wasm.allocPtr();
  try {
    const flags = SQLITE.OPEN_READWRITE | SQLITE.OPEN_CREATE;
    const status = capi.sqlite3_open_v2(name, out, flags, VFS_NAME);
    const database = wasm.peekPtr(out);
    if (status === SQLITE.OK) return database;
    capi.sqlite3_close_v2(database);
    throw new Error(capi.sqlite3_errstr(status));
  } finally {
    wasm.dealloc(out);
  }
}

/** SQLite's own way to wait looks less and less often. */
function waitWhileBusy(
  { capi }: SqliteLibrary,
  database: Pointer,
  timeoutMs: number,
): void {
  let since = 0;
  capi.sqlite3_busy_handler(database, (_, count) => {
    if (count === 0) since = performance.now();
    if (performance.now() - since >= timeoutMs) return 0;
    sleep(TRY_AGAIN_MS);
    return 1;
  }, 0);
}
