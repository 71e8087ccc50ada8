/** What only the engine `wasm` does. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../errors.ts";
import { platform } from "../deno.ts";
import type { OpenDatabaseOptions } from "../types.ts";
import { createFileLock } from "./file_lock.ts";

async function withDirectory(
  check: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await check(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function openWasm(path: string, options: OpenDatabaseOptions = {}) {
  return platform.openDatabase!(path, { engine: "wasm", ...options });
}

Deno.test("a statement that never ends is ended, and the database goes on", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const database = await openWasm(path, { maxSteps: 1_000_000 });
    const endless =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) ";
    database.migrate("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    for (
      const sql of [
        `${endless} SELECT count(*) FROM c`,
        `${endless} INSERT INTO t SELECT x FROM c`,
        `${endless} SELECT x FROM c ORDER BY x DESC`,
      ]
    ) {
      for (const method of ["query", "execute", "migrate"] as const) {
        const error = assertThrows(() => database[method](sql, []), ForgeError);
        assertEquals(error.code, "SQL_LIMIT");
      }
    }
    assertEquals(database.query("SELECT a FROM t", []), [[1n]]);
    database.close();
  }));

Deno.test("sorting more than may be kept in memory fails, and the database goes on", () =>
  withDirectory(async (directory) => {
    const database = await openWasm(join(directory, "a.db"));
    const error = assertThrows(
      () =>
        database.query(
          `WITH RECURSIVE
            c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 40)
          SELECT length(b) FROM (
            SELECT CAST(x AS TEXT) || hex(zeroblob(4000000)) AS b FROM c
            ORDER BY b)`,
          [],
        ),
      ForgeError,
    );
    assertEquals(error.code, "SQL_FAILED");
    assert(error.message.includes("out of memory"), error.message);
    assertEquals(database.query("SELECT 1", []), [[1n]]);
    database.close();
  }));

Deno.test("a lock is had by one, and that of a process that is gone by the next", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const [one, two] = [createFileLock(path), createFileLock(path)];
    assert(one.take() && one.take());
    assert(!two.take());
    one.release();
    one.release();
    assert(two.take());
    two.release();
    // No process has a number this high.
    await Deno.writeTextFile(`${path}.lock`, "99999999\n");
    assert(one.take());
    assert(!two.take());
    one.release();
    // A lock that is being written belongs to somebody.
    await Deno.writeTextFile(`${path}.lock`, "");
    assert(!one.take());
    const left = [];
    for await (const { name } of Deno.readDir(directory)) left.push(name);
    assertEquals(left, ["a.db.lock"]);
  }));

Deno.test("a file that another SQLite has open is not opened", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    await Deno.writeTextFile(`${path}-shm`, "");
    const error = await assertRejects(() => openWasm(path), ForgeError);
    assertEquals(error.code, "DATABASE_UNAVAILABLE");
  }));
