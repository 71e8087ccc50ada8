/** How the engine `wasm` keeps its log (WAL), and what others find of it. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../errors.ts";
import { platform } from "../deno.ts";
import type { Database, OpenDatabaseOptions } from "../types.ts";
import { findNative } from "./native.ts";
import { namesIn, withDirectory } from "./scene_test.ts";
import { openWasm } from "./wasm.ts";
import { installFiles } from "./wasm_files.ts";
import { loadSqlite } from "./wasm_library.ts";

function test(
  name: string,
  check: (scene: {
    readonly path: string;
    readonly open: () => Promise<Database>;
  }) => Promise<void>,
  options: OpenDatabaseOptions = {},
): void {
  Deno.test(name, () =>
    withDirectory((directory) => {
      const path = join(directory, "a.db");
      const open = () =>
        platform.openDatabase!(path, { engine: "wasm", ...options });
      return check({ path, open });
    }));
}

const rowsIn = (database: Database): bigint =>
  database.query("SELECT count(*) FROM t", [])[0]![0] as bigint;

// Looked at without a turn of the event loop, in which a timer gives the lock back.
function logBytes(path: string): number {
  return Deno.statSync(`${path}-wal`).size;
}

test("what was written is in the log, and in the database when another has it", async ({ path, open }) => {
  const one = await open();
  const two = await open();
  one.migrate("CREATE TABLE t (a); INSERT INTO t VALUES ('find me')");
  const isInFile = () => Deno.readTextFileSync(path).includes("find me");
  assert(logBytes(path) > 0);
  assert(!isInFile());
  assertEquals(rowsIn(two), 1n);
  assertEquals(logBytes(path), 0);
  assert(isInFile());
  two.close();
  one.close();
  assertEquals(namesIn(join(path, "..")), ["a.db"]);
});

test("what was written is in the database soon, without anybody asking for it", async ({ path, open }) => {
  const database = await open();
  database.migrate("CREATE TABLE t (a)");
  assertEquals(namesIn(join(path, "..")), [
    ...["a.db", "a.db-wal", "a.db.lock"],
  ]);
  // A timer gives the lock back: others look again and again as well.
  const deadline = performance.now() + 10_000;
  const isHeld = () => namesIn(join(path, "..")).includes("a.db.lock");
  while (isHeld() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert(!isHeld());
  assertEquals(logBytes(path), 0);
  database.close();
});

test("a log that another removed while it was not in use is made anew", async ({ path, open }) => {
  const one = await open();
  one.migrate("CREATE TABLE t (a)");
  // Who closes a database removes its log.
  (await open()).close();
  assertEquals(namesIn(join(path, "..")).includes("a.db-wal"), false);
  one.execute("INSERT INTO t VALUES (1)", []);
  assert(logBytes(path) > 0);
  const two = await open();
  two.execute("INSERT INTO t VALUES (2)", []);
  await Deno.remove(`${path}-wal`);
  two.execute("INSERT INTO t VALUES (3)", []);
  assertEquals(rowsIn(one), 3n);
  assertEquals(one.query("PRAGMA integrity_check", []), [["ok"]]);
  one.close();
  two.close();
});

test("the log is made anew after the SQLite of the runtime has had the file", async ({ path, open }) => {
  if (await findNative() === undefined) return;
  const database = await open();
  database.migrate("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  for (let round = 1; round <= 5; round++) {
    const native = await platform.openDatabase!(path, { engine: "native" });
    assertEquals(rowsIn(native), BigInt(2 * round - 1));
    native.execute("INSERT INTO t VALUES (2)", []);
    native.close();
    database.execute("INSERT INTO t VALUES (1)", []);
  }
  assertEquals(rowsIn(database), 11n);
  database.close();
});

test(
  "a transaction that waits for its end is not torn by another that asks",
  async ({ open }) => {
    const one = await open();
    const two = await open();
    one.migrate("CREATE TABLE t (a)");
    assertEquals(rowsIn(two), 0n);
    for (const [begin, read] of [["BEGIN", true], ["BEGIN IMMEDIATE", false]]) {
      one.execute(`${begin}`, []);
      if (read) rowsIn(one);
      assertThrows(() => rowsIn(two), ForgeError, "locked");
      one.execute("INSERT INTO t VALUES (1)", []);
      assertThrows(
        () => two.execute("DELETE FROM t", []),
        ForgeError,
        "locked",
      );
      one.execute("COMMIT", []);
    }
    assertEquals(rowsIn(two), 2n);
    one.close();
    two.close();
  },
  { busyTimeoutMs: 0 },
);

const MIB = 1024 * 1024;

test(
  "neither many transactions nor a large one make a log without end",
  async ({ path, open }) => {
    const database = await open();
    database.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
    for (let i = 0; i < 200; i++) {
      database.execute("INSERT INTO t(a) VALUES (randomblob(100000))", []);
    }
    // Twenty megabytes were written, and four are gathered.
    assert(logBytes(path) < 5 * MIB);
    database.execute("BEGIN", []);
    for (let i = 0; i < 4; i++) {
      database.execute("UPDATE t SET a = randomblob(100000)", []);
    }
    assert(logBytes(path) < (24 + 2 * 4) * MIB);
    database.execute("COMMIT", []);
    database.execute("INSERT INTO t(a) VALUES (1)", []);
    database.execute("INSERT INTO t(a) VALUES (1)", []);
    // The next that begins it again cuts it.
    assert(logBytes(path) < 9 * MIB);
    database.close();
  },
  { maxBytes: 24 * MIB },
);

test("a log has its limit even when it is never brought in", async ({ path }) => {
  const library = await loadSqlite();
  const limits = {
    maxValueBytes: MIB,
    maxSteps: 1e9,
    maxCallMs: 1e9,
    busyTimeoutMs: 0,
  };
  const engine = openWasm(library, installFiles(library), { ...limits, path });
  engine.setUp(`
    PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE t (a);
  `);
  engine.limitLog!(MIB);
  const insert = () => engine.setUp("INSERT INTO t VALUES (randomblob(10000))");
  let count = 0;
  assertThrows(
    () => {
      for (; count < 1000; count++) insert();
    },
    Error,
    "full",
  );
  assert(logBytes(path) <= MIB);
  engine.setUp("PRAGMA wal_checkpoint(TRUNCATE)");
  insert();
  engine.close();
  const database = await platform.openDatabase!(path, { engine: "wasm" });
  assertEquals(rowsIn(database), BigInt(count + 1));
  database.close();
});

test("a database of an earlier version, killed in the middle, is rolled back and gets a log", async ({ path, open }) => {
  if (await findNative() === undefined) return;
  const { DatabaseSync } = await import("node:sqlite");
  const old = new DatabaseSync(path);
  old.exec(`
    PRAGMA journal_mode = TRUNCATE;
    PRAGMA cache_size = 5;
    CREATE TABLE t (a);
    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000)
      INSERT INTO t SELECT 'kept' || hex(zeroblob(200)) FROM c;
    BEGIN IMMEDIATE;
    UPDATE t SET a = 'lost' || hex(zeroblob(200));
  `);
  // More than it keeps in memory: the files are as a killed process leaves them.
  const copy = `${path}.copy`;
  const copyAll = async () => {
    for (const suffix of ["", "-journal"]) {
      await Deno.copyFile(path + suffix, copy + suffix);
    }
    return (await Deno.readTextFile(copy)).includes("lost");
  };
  // When it writes what it does not keep is its own affair.
  for (let more = 0; !await copyAll(); more++) {
    assert(more < 20, "nothing of a large transaction is written");
    old.exec("INSERT INTO t SELECT 'lost' || a FROM t LIMIT 1000");
  }
  old.close();
  for (const suffix of ["", "-journal"]) {
    await Deno.rename(copy + suffix, path + suffix);
  }
  const database = await open();
  assertEquals(
    database.query("SELECT substr(a, 1, 4), count(*) FROM t GROUP BY 1", []),
    [["kept", 1000n]],
  );
  assertEquals(database.query("PRAGMA integrity_check", []), [["ok"]]);
  database.execute("DELETE FROM t", []);
  assert(logBytes(path) > 0);
  database.close();
});
