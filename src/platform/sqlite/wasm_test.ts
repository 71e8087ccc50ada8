/** What only the engine `wasm` does. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../errors.ts";
import { platform } from "../deno.ts";
import type { OpenDatabaseOptions } from "../types.ts";
import { findNative } from "./native.ts";
import { namesIn, withDirectory } from "./scene_test.ts";

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

Deno.test("a statement is ended in its time too, however few steps it takes", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const database = await openWasm(path, { maxCallMs: 200 });
    database.migrate("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    const rows = (most: number) =>
      `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${most})
      SELECT sum(length(hex(zeroblob(1000000 + x)))) FROM c`;
    assertEquals(database.query(rows(2), []), [[4_000_006n]]);
    for (const method of ["query", "execute", "migrate"] as const) {
      const error = assertThrows(
        () => database[method](rows(1_000_000), []),
        ForgeError,
      );
      assertEquals(error.code, "SQL_LIMIT");
      assertEquals(
        error.message,
        "Cannot finish SQL: it takes longer than 200 ms",
      );
    }
    assertEquals(database.query("SELECT a FROM t", []), [[1n]]);
    database.close();
  }));

Deno.test("what a statement took is not charged to the next one while that is compiled", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const database = await openWasm(path, { maxSteps: 1200 });
    database.migrate(
      `CREATE TABLE t (a, b, c, d, e);
      CREATE INDEX i ON t (a, b);
      CREATE INDEX j ON t (b, c);
      CREATE INDEX k ON t (c, d);
      CREATE INDEX l ON t (d, e)`,
    );
    // So many ways to do it that looking for the best takes steps.
    const names = Array.from({ length: 40 }, (_, i) => `x${i}`);
    const many = names.slice(1).map((x, i) =>
      `x${i}.a = ${x}.b AND x${i}.c = x${(i + 7) % 40}.d AND
      x${i}.e = x${i * 3 % 40}.c`
    );
    const joined = `SELECT 1 FROM ${names.map((x) => `t ${x}`).join()}
      WHERE ${many.join(" AND ")}`;
    const compute = (rows: number) =>
      database.query(
        `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${rows})
        SELECT count(*) FROM c`,
        [],
      );
    for (let rows = 2; rows < 60; rows++) {
      assertEquals(compute(rows), [[BigInt(rows)]]);
      // Another text, so that it is compiled each time.
      const sql = `${joined} AND x0.a < ${rows}`;
      assertEquals(database.query(sql, []), []);
    }
    assertThrows(() => compute(1000), ForgeError, "1200 steps");
    database.close();
  }));

Deno.test("a migration has steps and time as one, however many statements it has", () =>
  withDirectory(async (directory) => {
    const rows =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000) ";
    const one = `${rows} INSERT INTO t SELECT count(*) FROM c;`;
    const database = await openWasm(join(directory, "a.db"), {
      maxSteps: 2_000_000,
    });
    database.migrate("CREATE TABLE t (a)");
    database.migrate(one);
    const error = assertThrows(
      () => database.migrate(one.repeat(100)),
      ForgeError,
    );
    assertEquals(error.code, "SQL_LIMIT");
    assertEquals(database.query("SELECT a FROM t", []), [[20_000n]]);
    database.close();
    const hasty = await openWasm(join(directory, "b.db"), { maxCallMs: 100 });
    hasty.migrate("CREATE TABLE t (a)");
    assertThrows(() => hasty.migrate(one.repeat(500)), ForgeError, "100 ms");
    assertEquals(hasty.query("SELECT a FROM t", []), []);
    hasty.close();
  }));

Deno.test("one blob for many columns is not copied beyond the limit of a result", () =>
  withDirectory(async (directory) => {
    const maxResultBytes = 4 * 1024 * 1024;
    const database = await openWasm(join(directory, "a.db"), {
      maxResultBytes,
    });
    const blob = new Uint8Array(3 * 1024 * 1024);
    // Copying all of it would need six gigabytes.
    const many = `SELECT ${Array.from({ length: 2000 }, () => "?1")}`;
    const error = assertThrows(() => database.query(many, [blob]), ForgeError);
    assertEquals(
      [error.code, error.message],
      [
        "SQL_LIMIT",
        `Cannot read a result of more than ${maxResultBytes} bytes`,
      ],
    );
    assertEquals(database.query("SELECT ?1, 1", [blob]), [[blob, 1n]]);
    // For its effect, nothing is read at all.
    assertEquals(database.execute(many, [blob]), { rowsAffected: 0n });
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

Deno.test("a pattern of a thousand characters is looked for, a longer one is not", () =>
  withDirectory(async (directory) => {
    const database = await openWasm(join(directory, "a.db"));
    const like = (length: number) =>
      database.query("SELECT 'a' LIKE ?", ["%".padEnd(length, "a")]);
    assertEquals(like(1000), [[0n]]);
    const error = assertThrows(() => like(1001), ForgeError);
    assert(error.message.includes("pattern too complex"), error.message);
    database.close();
  }));

Deno.test("what one database takes of memory the others do not lack", () =>
  withDirectory(async (directory) => {
    const greedy = await openWasm(join(directory, "a.db"));
    const other = await openWasm(join(directory, "b.db"));
    greedy.migrate("CREATE TEMP TABLE t (a)");
    const fill = () => {
      for (let i = 0; i < 40; i++) {
        greedy.execute("INSERT INTO t VALUES (zeroblob(8000000))", []);
      }
    };
    const error = assertThrows(fill, ForgeError);
    assert(error.message.includes("out of memory"), error.message);
    assertEquals(
      other.query("SELECT length(hex(zeroblob(4000000)))", []),
      [[8000000n]],
    );
    greedy.close();
    other.close();
  }));

Deno.test("while one is in a transaction, the SQLite of the runtime does not open the file", () =>
  withDirectory(async (directory) => {
    if (await findNative() === undefined) return;
    const path = join(directory, "a.db");
    const database = await openWasm(path);
    database.migrate("CREATE TABLE t (a)");
    database.execute("BEGIN IMMEDIATE", []);
    database.execute("INSERT INTO t VALUES (1)", []);
    const openNative = () =>
      platform.openDatabase!(path, { engine: "native", busyTimeoutMs: 50 });
    const error = await assertRejects(openNative, ForgeError);
    assertEquals(error.code, "DATABASE_UNAVAILABLE");
    database.execute("COMMIT", []);
    database.close();
    const native = await openNative();
    assertEquals(native.query("SELECT a FROM t", []), [[1n]]);
    native.close();
  }));

Deno.test("while the SQLite of the runtime has a file open, one that was open before waits", () =>
  withDirectory(async (directory) => {
    if (await findNative() === undefined) return;
    const path = join(directory, "a.db");
    const database = await openWasm(path, { busyTimeoutMs: 0 });
    database.migrate("CREATE TABLE t (a)");
    const native = await platform.openDatabase!(path, { engine: "native" });
    native.execute("INSERT INTO t VALUES (1)", []);
    const error = assertThrows(
      () => database.execute("INSERT INTO t VALUES (2)", []),
      ForgeError,
    );
    assertEquals(error.code, "SQL_FAILED");
    assertEquals(native.query("SELECT a FROM t", []), [[1n]]);
    native.close();
    database.close();
    const again = await openWasm(path);
    assertEquals(again.query("SELECT a FROM t", []), [[1n]]);
    again.close();
  }));

Deno.test("a file that another SQLite has open is not opened", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "a.db");
    const openNative = () => platform.openDatabase!(path, { engine: "native" });
    const native = await findNative() === undefined
      ? undefined
      : await openNative();
    // Without one, what it has beside the file does not go away either.
    if (native === undefined) await Deno.writeTextFile(`${path}-shm`, "");
    const error = await assertRejects(() => openWasm(path), ForgeError);
    assertEquals(error.code, "DATABASE_UNAVAILABLE");
    native?.close();
  }));

Deno.test("what another SQLite left beside a file is taken up by it", () =>
  withDirectory(async (directory) => {
    if (await findNative() === undefined) return;
    const path = join(directory, "a.db");
    await Deno.writeTextFile(`${path}-shm`, "");
    (await openWasm(path)).close();
    assertEquals(await namesIn(directory), ["a.db"]);
  }));
