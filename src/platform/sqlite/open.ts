/**
 * Opening the database of an extension: which SQLite, which file, and what is
 * set before the extension gets to it.
 *
 * @module
 */

import { existsSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ForgeError } from "../../errors.ts";
import { checkOwn } from "../own_file.ts";
import type {
  CodeMeter,
  Database,
  OpenDatabaseOptions,
  SqlValue,
} from "../types.ts";
import { createDatabase } from "./database.ts";
import type { EngineLimits, SqlEngine } from "./engine.ts";
import { createFileLock } from "./file_lock.ts";
import { findNative, openNative } from "./native.ts";
import { openWasm } from "./wasm.ts";
import { installFiles, sharedBy } from "./wasm_files.ts";
import { loadSqlite } from "./wasm_library.ts";

const MIB = 1024 * 1024;
/** Bytes of a log (WAL) from which on it is brought into the database. */
const LOG_BYTES = 4 * MIB;
/** Bytes of a page in a log beside its own. */
const LOG_PAGE_BYTES = 24;

const OPEN_ELSEWHERE =
  "another SQLite has it open, or ended without closing it";

/** What holds unless the options say otherwise. */
export const DEFAULT_DATABASE_LIMITS = {
  maxBytes: 256 * MIB,
  maxRows: 100_000,
  maxResultBytes: 4 * MIB,
  maxValueBytes: 16 * MIB,
  maxSteps: 100_000_000,
  maxCallMs: 5_000,
  busyTimeoutMs: 5_000,
} as const;

/** Makes `Platform.openDatabase`. Loads SQLite when the first database is opened. */
export function createOpenDatabase(
  makeDirectory: (path: string) => Promise<void>,
): (path: string, options?: OpenDatabaseOptions) => Promise<Database> {
  return async (path, options = {}) => {
    const limits = withDefaults(options);
    try {
      await makeDirectory(dirname(path));
      checkFile(path);
      return options.engine === "wasm"
        ? await openContained(path, limits, options.meter)
        : await openOfRuntime(path, limits, options.engine);
    } catch (cause) {
      throw cannotOpen(path, cause);
    }
  };
}

/** The SQLite of the runtime; the other one where it has none and none was asked for. */
async function openOfRuntime(
  path: string,
  limits: Limits,
  engine: "native" | undefined,
): Promise<Database> {
  const native = await findNative();
  if (native !== undefined) {
    // It sees nothing of a lock of the other engine but this file.
    return await whileLocked(
      path,
      limits,
      () => start(openNative(native, path, limits), limits),
    );
  }
  if (engine === undefined) return await openContained(path, limits);
  throw new Error("this runtime has no SQLite that can be contained");
}

/** A SQLite in WASM, one for each database. */
async function openContained(
  path: string,
  limits: Limits,
  meter?: CodeMeter,
): Promise<Database> {
  const library = await loadSqlite(meter);
  if (existsSync(sharedBy(path))) await recover(path, limits);
  if (existsSync(sharedBy(path))) throw new Error(OPEN_ELSEWHERE);
  const engine = openWasm(library, installFiles(library), { ...limits, path });
  return start(engine, limits);
}

/**
 * What the SQLite of the runtime left behind when its process ended in the
 * middle is taken up by it, which sees the locks of others of its kind.
 */
async function recover(path: string, limits: Limits): Promise<void> {
  const native = await findNative();
  if (native === undefined) return;
  await whileLocked(path, limits, () => {
    const engine = openNative(native, path, limits);
    try {
      keepLog(engine);
      engine.setUp("SELECT * FROM sqlite_schema");
    } catch {
      throw new Error(OPEN_ELSEWHERE);
    } finally {
      // Whoever is the last to close it brings the log in, and removes it.
      engine.close();
    }
  });
}

/** Milliseconds between two looks at a lock. */
const LOOK_MS = 2;

/** Does something while no engine `wasm` is in the middle of a transaction. */
async function whileLocked<T>(
  path: string,
  { busyTimeoutMs }: EngineLimits,
  work: () => T,
): Promise<T> {
  const lock = createFileLock(path);
  const deadline = performance.now() + busyTimeoutMs;
  while (!lock.take()) {
    if (performance.now() > deadline) {
      throw new Error(`another program holds ${lock.path}`);
    }
    await setTimeout(LOOK_MS);
  }
  try {
    return work();
  } finally {
    lock.close();
  }
}

type Limits = EngineLimits & {
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxResultBytes: number;
};

function withDefaults(options: OpenDatabaseOptions): Limits {
  const given = Object.entries(options).filter(([, value]) =>
    value !== undefined
  );
  return { ...DEFAULT_DATABASE_LIMITS, ...Object.fromEntries(given) };
}

/** Sets what the host decides, then lets nobody change it. */
function start(engine: SqlEngine, limits: Limits): Database {
  try {
    keepLog(engine);
    engine.setUp(`
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA trusted_schema = OFF;
    `);
    limitSize(engine, limits);
    engine.guard();
    return createDatabase(engine, limits);
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** Databases have a log (WAL) beside them, those of earlier versions too. */
function keepLog(engine: SqlEngine): void {
  const mode = answerOf(engine, "PRAGMA journal_mode = WAL");
  if (mode !== "wal") throw new Error(`it is kept in the mode "${mode}"`);
}

function limitSize(engine: SqlEngine, { maxBytes }: Limits): void {
  const pageBytes = Number(answerOf(engine, "PRAGMA page_size"));
  const wanted = Math.max(1, Math.floor(maxBytes / pageBytes));
  // One that is larger by now keeps what it has.
  const pages = Number(answerOf(engine, `PRAGMA max_page_count = ${wanted}`));
  const logPages = Math.ceil(LOG_BYTES / pageBytes);
  engine.setUp(`
    PRAGMA temp.max_page_count = ${wanted};
    PRAGMA wal_autocheckpoint = ${logPages};
    PRAGMA journal_size_limit = ${2 * LOG_BYTES};
  `);
  // A transaction that changes every page, behind what is not brought in yet.
  engine.limitLog?.((pages + 2 * logPages) * (pageBytes + LOG_PAGE_BYTES));
}

/** The first value of the first row. */
function answerOf(engine: SqlEngine, sql: string): SqlValue | undefined {
  const query = engine.prepare(sql);
  try {
    for (const [answer] of query.rows([], Infinity)) return answer;
    return undefined;
  } finally {
    query.finalize();
  }
}

/** The name of the database must not lead to another file. */
function checkFile(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) checkOwn(found);
}

function cannotOpen(path: string, cause: unknown): ForgeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ForgeError(
    "DATABASE_UNAVAILABLE",
    `Cannot open the database "${path}": ${reason}`,
    {
      hint:
        "Give this process its directory to read and write, and close other programs that use it",
      cause,
    },
  );
}
