/**
 * `node:sqlite`, which Deno and Node 24 have: the SQLite of the runtime, that
 * shares files with other processes and locks them as SQLite does.
 *
 * It is used only where it asks before it does something: Node 22 has a
 * `node:sqlite` without that.
 *
 * @module
 */

import process from "node:process";
import { isAllowed, SQLITE_DENY, SQLITE_OK } from "./authorize.ts";
import { type EngineLimits, MAX_SQL_BYTES, type SqlEngine } from "./engine.ts";
import {
  createNativeQuery,
  isSloppy,
  type NativeStatement,
} from "./native_query.ts";

/** The first Node whose `node:sqlite` asks; the import of an older one prints a warning. */
const FIRST_NODE = 24;

/** What is used of `DatabaseSync`; older ones lack some of it. */
interface NativeDatabase {
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
  setAuthorizer?(
    decide: (
      action: number,
      first: string | null,
      second: string | null,
    ) => number,
  ): void;
  enableDefensive?(active: boolean): void;
  readonly limits?: Record<string, number>;
}

type OpenNative = new (path: string, options: unknown) => NativeDatabase;

/** Finds the `node:sqlite` of this runtime; `undefined` when it has none that asks. */
export async function findNative(): Promise<OpenNative | undefined> {
  if (Number.parseInt(process.versions.node) < FIRST_NODE) return undefined;
  const module = await import("node:sqlite").catch(() => undefined);
  const DatabaseSync = module?.DatabaseSync as unknown as OpenNative;
  if (DatabaseSync === undefined) return undefined;
  const probe = new DatabaseSync(":memory:", {});
  try {
    const asks = probe.setAuthorizer !== undefined &&
      probe.enableDefensive !== undefined &&
      probe.limits?.["attach"] !== undefined;
    return asks ? DatabaseSync : undefined;
  } finally {
    probe.close();
  }
}

/** Opens a file, creating it if need be. */
export function openNative(
  DatabaseSync: OpenNative,
  path: string,
  { maxValueBytes, busyTimeoutMs }: EngineLimits,
): SqlEngine {
  const database = new DatabaseSync(path, {
    allowExtension: false,
    // The original server's SQLite takes "text" for text.
    enableDoubleQuotedStringLiterals: true,
  });
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  const prepare = (sql: string) => database.prepare(sql);
  const care = { isSloppy: isSloppy(prepare) };
  return {
    setUp: (sql) => database.exec(sql),

    prepare: (sql) => createNativeQuery(prepare, sql, care),

    guard() {
      database.enableDefensive?.(true);
      Object.assign(database.limits!, {
        attach: 0,
        length: maxValueBytes,
        sqlLength: 2 * MAX_SQL_BYTES,
      });
      database.setAuthorizer?.((action, first, second) =>
        isAllowed(action, first, second) ? SQLITE_OK : SQLITE_DENY
      );
    },

    close: () => database.close(),
  };
}
