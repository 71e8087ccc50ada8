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
import type { Database, OpenDatabaseOptions } from "../types.ts";
import { createDatabase } from "./database.ts";
import type { EngineLimits, SqlEngine } from "./engine.ts";
import { createFileLock } from "./file_lock.ts";
import { findNative, openNative } from "./native.ts";
import { openWasm } from "./wasm.ts";
import { installFiles, sharedBy } from "./wasm_files.ts";
import { loadSqlite } from "./wasm_library.ts";

const MIB = 1024 * 1024;
/** Bytes in a page of a new database; one that is there keeps its own. */
const PAGE_BYTES = 4096;

const OPEN_ELSEWHERE =
  "another SQLite has it open, or ended without closing it";

/** What holds unless the options say otherwise. */
export const DEFAULT_DATABASE_LIMITS = {
  maxBytes: 256 * MIB,
  maxRows: 100_000,
  maxResultBytes: 4 * MIB,
  maxValueBytes: 16 * MIB,
  maxSteps: 100_000_000,
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
        ? await openContained(path, limits)
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
      () => start(openNative(native, path, limits), limits, "WAL"),
    );
  }
  if (engine === undefined) return await openContained(path, limits);
  throw new Error("this runtime has no SQLite that can be contained");
}

/** A SQLite in WASM, one for each database. */
async function openContained(path: string, limits: Limits): Promise<Database> {
  const library = await loadSqlite();
  if (existsSync(sharedBy(path))) await recover(path, limits);
  if (existsSync(sharedBy(path))) throw new Error(OPEN_ELSEWHERE);
  const engine = openWasm(library, installFiles(library), { ...limits, path });
  return start(engine, limits, "TRUNCATE");
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
      engine.setUp("PRAGMA journal_mode = TRUNCATE");
    } catch {
      throw new Error(OPEN_ELSEWHERE);
    } finally {
      engine.close();
    }
  });
}

/** Milliseconds between two looks at a lock. */
const LOOK_MS = 10;

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
function start(
  engine: SqlEngine,
  limits: Limits,
  journal: "WAL" | "TRUNCATE",
): Database {
  try {
    // A file that another SQLite left in WAL mode can be read by one connection alone.
    if (journal === "TRUNCATE") engine.setUp("PRAGMA locking_mode = EXCLUSIVE");
    engine.setUp(`PRAGMA journal_mode = ${journal}`);
    if (journal === "TRUNCATE") {
      engine.setUp("PRAGMA locking_mode = NORMAL; SELECT * FROM sqlite_master");
    }
    engine.setUp(`
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA trusted_schema = OFF;
    `);
    const pages = pagesOf(engine, limits);
    engine.setUp(`
      PRAGMA max_page_count = ${pages};
      PRAGMA temp.max_page_count = ${pages};
    `);
    engine.guard();
    return createDatabase(engine, limits);
  } catch (error) {
    engine.close();
    throw error;
  }
}

function pagesOf(engine: SqlEngine, { maxBytes }: Limits): number {
  const query = engine.prepare("PRAGMA page_size");
  try {
    const [[bytes] = []] = [...query.rows([])];
    const pageBytes = typeof bytes === "bigint" ? Number(bytes) : PAGE_BYTES;
    return Math.max(1, Math.floor(maxBytes / pageBytes));
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
