/** Every engine that this runtime has, held to the same. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ForgeError, type ForgeErrorCode } from "../../errors.ts";
import { platform } from "../deno.ts";
import type { Database, OpenDatabaseOptions, SqlValue } from "../types.ts";
import { findNative } from "./native.ts";

const ENGINES = await findNative() === undefined
  ? ["wasm"] as const
  : ["native", "wasm"] as const;

const open = platform.openDatabase!;

interface Scene {
  readonly directory: string;
  readonly path: string;
  readonly database: Database;
  readonly open: (options?: OpenDatabaseOptions) => Promise<Database>;
}

function test(
  name: string,
  check: (scene: Scene) => void | Promise<void>,
  options: OpenDatabaseOptions = {},
): void {
  for (const engine of ENGINES) {
    Deno.test(`${engine}: ${name}`, async () => {
      const directory = await Deno.makeTempDir();
      const path = join(directory, "data", "notes.extension.db");
      const again = (more: OpenDatabaseOptions = {}) =>
        open(path, { engine, ...options, ...more });
      const database = await again();
      try {
        await check({ directory, path, database, open: again });
      } finally {
        database.close();
        await Deno.remove(directory, { recursive: true });
      }
    });
  }
}

function fails(work: () => unknown, code: ForgeErrorCode, text = ""): void {
  const error = assertThrows(work, ForgeError);
  assertEquals(error.code, code, error.message);
  assert(error.message.includes(text), error.message);
}

function echo(database: Database, ...values: SqlValue[]): readonly SqlValue[] {
  const [row = []] = database.query(
    `SELECT ${values.map(() => "?").join(", ")}`,
    values,
  );
  return row;
}

test("values come back as what they were", ({ database }) => {
  const bytes = Uint8Array.of(0, 1, 255);
  const values = [
    ...[null, 0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n],
    ...[0, 1, -1, 1.5, -0.1, 2 ** 53, 1e308, 5e-324, Infinity, -Infinity],
    ...["", "a", "héllo", "日本語", "🦕", "\uFEFFa", "'; --", "a\nb"],
    ...[new Uint8Array(), bytes],
  ];
  assertEquals(echo(database, ...values), values);
});

test("integers are bigint and floats are numbers, even where they are equal", ({ database }) => {
  database.migrate("CREATE TABLE t (i INTEGER, r REAL, n NUMERIC)");
  database.execute("INSERT INTO t VALUES (?, ?, ?)", [1n, 1, 2n]);
  assertEquals(database.query("SELECT i, r, n, 1, 1.0, r + i FROM t", []), [
    [1n, 1, 2n, 1n, 1, 2],
  ]);
});

test("text with a NUL in it is whole, wherever it comes from", ({ database }) => {
  const text = "a\0b\0";
  assertEquals(echo(database, text, "c", Uint8Array.of(0)), [
    text,
    "c",
    Uint8Array.of(0),
  ]);
  database.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  for (const value of ["plain", text, null, Uint8Array.of(0, 97), "\0"]) {
    database.execute("INSERT INTO t(a) VALUES (?)", [value]);
  }
  const all = [["plain"], [text], [null], [Uint8Array.of(0, 97)], ["\0"]];
  assertEquals(database.query("SELECT a FROM t ORDER BY id", []), all);
  assertEquals(
    database.query("SELECT a FROM t ORDER BY id DESC; -- end", []),
    all.toReversed(),
  );
  assertEquals(
    database.query(
      "WITH x AS (SELECT a, id FROM t) SELECT a FROM x WHERE id = ?1 -- end",
      [2n],
    ),
    [[text]],
  );
});

test("what is no Unicode is replaced, not refused", ({ database }) => {
  assertEquals(database.query("SELECT CAST(x'ff41' AS TEXT)", []), [[
    "\uFFFDA",
  ]]);
  assertEquals(echo(database, "\uD800"), ["\uFFFD"]);
});

test("parameters are given by position, whatever they are called", ({ database }) => {
  const ask = (sql: string, ...params: SqlValue[]) =>
    database.query(sql, params)[0];
  assertEquals(ask("SELECT ?, ?", 1n, 2n), [1n, 2n]);
  assertEquals(ask("SELECT ?2, ?1", 1n, 2n), [2n, 1n]);
  assertEquals(ask("SELECT :b, @a, $c, :b", 1n, 2n, 3n), [1n, 2n, 3n, 1n]);
  assertEquals(ask("SELECT ?, :a, ?", 1n, 2n, 3n), [1n, 2n, 3n]);
  assertEquals(ask("SELECT ?1, ?2", 1n), [1n, null]);
  fails(() => ask("SELECT ?1", 1n, 2n), "SQL_FAILED");
  fails(() => ask("SELECT ?1", 2n ** 63n), "SQL_FAILED");
});

test("columns of one name stay apart", ({ database }) => {
  assertEquals(database.query('SELECT 1 AS a, 2 AS a, 3 AS ""', []), [
    [1n, 2n, 3n],
  ]);
});

test("execute tells what changed", ({ database }) => {
  const run = (sql: string, ...params: SqlValue[]) =>
    database.execute(sql, params);
  assertEquals(run("CREATE TABLE t (id INTEGER PRIMARY KEY, a)"), {
    rowsAffected: 0n,
  });
  assertEquals(run("INSERT INTO t(a) VALUES (1), (2)"), {
    rowsAffected: 2n,
    lastInsertId: 2n,
  });
  assertEquals(run("INSERT INTO t VALUES (?, 3)", 2n ** 62n), {
    rowsAffected: 1n,
    lastInsertId: 2n ** 62n,
  });
  assertEquals(run("INSERT OR IGNORE INTO t VALUES (1, 3)"), {
    rowsAffected: 0n,
  });
  assertEquals(run("UPDATE t SET a = a + 1"), { rowsAffected: 3n });
  assertEquals(run("WITH x AS (SELECT 1) DELETE FROM t WHERE id = 1"), {
    rowsAffected: 1n,
  });
  assertEquals(run("SELECT * FROM t"), { rowsAffected: 0n });
  assertEquals(run("DROP TABLE t"), { rowsAffected: 0n });
});

test("a statement that changes something can give rows", ({ database }) => {
  database.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  assertEquals(
    database.query("INSERT INTO t(a) VALUES (?), (?) RETURNING id, a", [
      "x",
      2n,
    ]),
    [[1n, "x"], [2n, 2n]],
  );
  assertEquals(database.query("SELECT count(*) FROM t", []), [[2n]]);
});

test("query and execute take one statement", ({ database }) => {
  for (const sql of ["", " -- no\n", "SELECT 1; SELECT 2"]) {
    fails(() => database.query(sql, []), "SQL_FAILED", "statements, not one");
    fails(() => database.execute(sql, []), "SQL_FAILED");
  }
  assertEquals(database.query("SELECT 1 ;; -- one", []), [[1n]]);
});

test("SQLite's message says what is wrong", ({ database }) => {
  fails(
    () => database.query("SELECT * FROM no", []),
    "SQL_FAILED",
    "no such table: no",
  );
  fails(() => database.execute("SELEC 1", []), "SQL_FAILED", "syntax error");
  database.migrate("CREATE TABLE t (a UNIQUE)");
  database.execute("INSERT INTO t VALUES (1)", []);
  fails(
    () => database.execute("INSERT INTO t VALUES (1)", []),
    "SQL_FAILED",
    "UNIQUE constraint failed: t.a",
  );
});

test("a failure in the middle of a result is a failure", ({ database }) => {
  const failing =
    "SELECT abs(-9223372036854775807 - (value = 3)) FROM json_each('[1,2,3,4]')";
  fails(() => database.query(failing, []), "SQL_FAILED", "integer overflow");
  database.migrate("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (2)");
  const insert = "INSERT INTO t VALUES (?), (?) RETURNING a";
  fails(() => database.query(insert, [1n, 2n]), "SQL_FAILED", "UNIQUE");
  assertEquals(database.query("SELECT a FROM t", []), [[2n]]);
  assertEquals(
    database.query("DELETE FROM t WHERE a = 9 RETURNING a", []),
    [],
  );
});

test("compound and ordered results keep their order", ({ database }) => {
  const cut = "'a' || char(0)";
  assertEquals(
    database.query(
      `SELECT 3 AS x, ${cut} UNION ALL SELECT 1, 'b' UNION ALL SELECT 2, ${cut} ORDER BY x DESC LIMIT 2`,
      [],
    ),
    [[3n, "a\0"], [2n, "a\0"]],
  );
  assertEquals(database.query("VALUES (2, 'x'), (1, 'y')", []), [
    [2n, "x"],
    [1n, "y"],
  ]);
  assertEquals(
    database.query("EXPLAIN QUERY PLAN SELECT 1", []).length,
    1,
  );
});

test("foreign keys hold", ({ database }) => {
  database.migrate(`
    CREATE TABLE a (id INTEGER PRIMARY KEY);
    CREATE TABLE b (a INTEGER REFERENCES a(id) ON DELETE CASCADE);
    INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);
  `);
  fails(
    () => database.execute("INSERT INTO b VALUES (2)", []),
    "SQL_FAILED",
    "FOREIGN KEY",
  );
  database.execute("DELETE FROM a", []);
  assertEquals(database.query("SELECT count(*) FROM b", []), [[0n]]);
});

test("a migration is done as a whole or not at all", ({ database }) => {
  const tables = () =>
    database.query("SELECT name FROM sqlite_schema ORDER BY name", []);
  fails(
    () => database.migrate("CREATE TABLE a (x); CREATE TABLE b (x); OOPS;"),
    "SQL_FAILED",
  );
  assertEquals(tables(), []);
  // A transaction of its own is part of ours.
  fails(
    () => database.migrate("BEGIN; CREATE TABLE a (x); COMMIT; OOPS"),
    "SQL_FAILED",
  );
  assertEquals(tables(), []);
  fails(
    () => database.migrate("CREATE TABLE a (x); ROLLBACK; CREATE TABLE b (x)"),
    "SQL_REFUSED",
  );
  database.migrate(`
    PRAGMA journal_mode = WAL;
    BEGIN;
    CREATE TABLE a (x);
    CREATE TRIGGER t AFTER INSERT ON a BEGIN
      UPDATE a SET x = 2;
      SELECT 1;
    END;
    INSERT INTO a VALUES (1);
    COMMIT;
  `);
  assertEquals(database.query("SELECT x FROM a", []), [[2n]]);
  database.migrate(" -- nothing\n");
});

test("a migration may switch foreign keys off around a table that others refer to", ({ database }) => {
  database.migrate(`
    CREATE TABLE a (id INTEGER PRIMARY KEY);
    CREATE TABLE b (a INTEGER REFERENCES a(id) ON DELETE CASCADE);
    INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);
  `);
  database.migrate(`
    PRAGMA foreign_keys = OFF;
    BEGIN;
    CREATE TABLE new_a (id INTEGER PRIMARY KEY, more TEXT);
    INSERT INTO new_a(id) SELECT id FROM a;
    DROP TABLE a;
    ALTER TABLE new_a RENAME TO a;
    COMMIT;
    PRAGMA foreign_keys = ON;
  `);
  assertEquals(database.query("SELECT count(*) FROM b", []), [[1n]]);
  assertEquals(database.query("PRAGMA foreign_keys", []), [[1n]]);
  fails(
    () =>
      database.migrate(
        "CREATE TABLE c (x); PRAGMA foreign_keys = OFF; DROP TABLE a",
      ),
    "SQL_REFUSED",
  );
});

test("transactions of the extension end with it", async ({ database, open }) => {
  database.migrate("CREATE TABLE t (a)");
  database.execute("BEGIN", []);
  database.execute("INSERT INTO t VALUES (1)", []);
  database.close();
  const again = await open();
  assertEquals(again.query("SELECT count(*) FROM t", []), [[0n]]);
  again.close();
});

test("what was written is there the next time", async ({ database, open }) => {
  database.migrate("CREATE TABLE t (a); INSERT INTO t VALUES ('kept')");
  database.close();
  database.close();
  fails(() => database.query("SELECT 1", []), "SQL_FAILED", "closed");
  const again = await open();
  assertEquals(again.query("SELECT a FROM t", []), [["kept"]]);
  again.close();
});

test("how the file is kept is the host's matter", ({ database }) => {
  assertEquals(database.query("PRAGMA journal_mode = OFF", []), []);
  assertEquals(database.execute("PRAGMA synchronous = OFF", []), {
    rowsAffected: 0n,
  });
  database.execute("PRAGMA user_version = 7", []);
  assertEquals(database.query("PRAGMA user_version", []), [[7n]]);
});

test("no SQL reaches another file", async ({ database, directory }) => {
  const secret = join(directory, "secret.db");
  const other = await open(secret);
  other.migrate("CREATE TABLE s (a); INSERT INTO s VALUES ('secret')");
  other.close();
  const copy = join(directory, "copy.db");
  for (
    const sql of [
      `ATTACH '${secret}' AS o`,
      `/**/attach database 'file:${secret}?mode=ro' AS o`,
      `\uFEFFATTACH '${secret}' AS o`,
      `VACUUM INTO '${copy}'`,
      `VACUUM main INTO 'file:${copy}'`,
      `PRAGMA temp_store_directory = '${directory}'`,
      `SELECT load_extension('${secret}')`,
      `SELECT writefile('${copy}', 'x')`,
      `SELECT readfile('${secret}')`,
      `SELECT edit('x')`,
      `SELECT fts3_tokenizer('simple')`,
      `SELECT * FROM sqlite_dbpage`,
      `CREATE VIRTUAL TABLE v USING csv(filename='${secret}')`,
      `CREATE VIRTUAL TABLE v USING fsdir('${directory}')`,
      `SELECT * FROM "${secret}".s`,
      "PRAGMA writable_schema = ON",
      "UPDATE sqlite_schema SET sql = 'x'",
      "DETACH main",
    ]
  ) {
    for (const method of ["query", "execute", "migrate"] as const) {
      const error = assertThrows(() => database[method](sql, []), ForgeError);
      assert(!error.message.includes(directory + "/data"), error.message);
    }
  }
  const names = [];
  for await (const { name } of Deno.readDir(directory)) names.push(name);
  assertEquals(
    names.filter((name) => !name.startsWith("secret.db")).sort(),
    ["data"],
  );
});

test("full-text search, JSON and window functions are there", ({ database }) => {
  database.migrate(`
    CREATE VIRTUAL TABLE f USING fts5(body);
    INSERT INTO f VALUES ('the quick brown fox'), ('lazy dogs');
  `);
  assertEquals(database.query("SELECT rowid FROM f WHERE f MATCH 'fox'", []), [
    [1n],
  ]);
  assertEquals(
    database.query("SELECT value FROM json_each('[1, \"a\"]')", []),
    [[1n], ["a"]],
  );
  assertEquals(database.query("SELECT row_number() OVER ()", []), [[1n]]);
});

test("results are bounded", ({ database }) => {
  const rows = (count: number) =>
    `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${count}) SELECT x FROM c`;
  assertEquals(database.query(rows(10), []).length, 10);
  fails(() => database.query(rows(11), []), "SQL_LIMIT", "10 rows");
  fails(
    () => database.query("SELECT printf('%.2000c', 'x')", []),
    "SQL_LIMIT",
    "1000 bytes",
  );
  fails(
    () => database.query("SELECT zeroblob(9000)", []),
    "SQL_FAILED",
    "too big",
  );
  // The statement that was left in the middle holds nothing.
  database.migrate("CREATE TABLE t (a); DROP TABLE t");
}, { maxRows: 10, maxResultBytes: 1000, maxValueBytes: 8000 });

test(
  "a query without an end is stopped at the last row that is wanted",
  ({ database }) => {
    fails(
      () =>
        database.query(
          "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
          [],
        ),
      "SQL_LIMIT",
    );
  },
  { maxRows: 1000 },
);

test(
  "the file grows to its limit and no further",
  async ({ database, path }) => {
    database.migrate("CREATE TABLE t (a)");
    fails(
      () => {
        for (let i = 0; i < 100; i++) {
          database.execute("INSERT INTO t VALUES (randomblob(10000))", []);
        }
      },
      "SQL_FAILED",
      "full",
    );
    database.execute("DELETE FROM t", []);
    database.execute("INSERT INTO t VALUES (randomblob(10000))", []);
    database.close();
    assert((await Deno.stat(path)).size <= 256 * 1024);
  },
  { maxBytes: 256 * 1024 },
);

test("a long SQL text is refused before SQLite reads it", ({ database }) => {
  fails(
    () => database.query("SELECT 1" + " ".repeat(2 ** 20), []),
    "SQL_LIMIT",
  );
});

test("a name that leads elsewhere is no database", async ({ directory, open: _ }) => {
  const secret = join(directory, "secret.txt");
  await Deno.writeTextFile(secret, "secret");
  for (const engine of ENGINES) {
    for (const kind of ["link", "directory", "text"]) {
      const path = join(directory, `${engine}-${kind}.db`);
      if (kind === "link") await Deno.symlink(secret, path);
      if (kind === "directory") await Deno.mkdir(path);
      if (kind === "text") {
        await Deno.writeTextFile(path, "no database ".repeat(1000));
      }
      const error = await assertRejects(
        () => open(path, { engine }),
        ForgeError,
      );
      assertEquals(error.code, "DATABASE_UNAVAILABLE", `${engine} ${kind}`);
    }
  }
  assertEquals(await Deno.readTextFile(secret), "secret");
});

test("many statements are prepared, run and forgotten", ({ database }) => {
  for (let i = 0; i < 300; i++) {
    assertEquals(database.query(`SELECT ${i}`, []), [[BigInt(i)]]);
  }
});

test(
  "two connections see what the other has finished",
  async ({ database, open }) => {
    const second = await open();
    database.migrate("CREATE TABLE t (a)");
    second.execute("INSERT INTO t VALUES (1)", []);
    assertEquals(database.query("SELECT a FROM t", []), [[1n]]);
    database.execute("BEGIN IMMEDIATE", []);
    fails(
      () => second.execute("INSERT INTO t VALUES (2)", []),
      "SQL_FAILED",
      "locked",
    );
    database.execute("COMMIT", []);
    second.execute("INSERT INTO t VALUES (2)", []);
    second.close();
  },
  { busyTimeoutMs: 0 },
);

test("a database is kept with a log (WAL)", async ({ database, path }) => {
  database.migrate("CREATE TABLE t (a)");
  assert((await Deno.stat(`${path}-wal`)).size > 0);
  database.close();
  // The versions of the format that are needed to write and to read it.
  assertEquals((await Deno.readFile(path)).slice(18, 20), Uint8Array.of(2, 2));
});

test("two connections take turns, and nothing is lost", async ({ database, open }) => {
  const second = await open();
  database.migrate(
    "CREATE TABLE t (a); CREATE TABLE n (n); INSERT INTO n VALUES (0)",
  );
  for (let i = 0; i < 200; i++) {
    for (const connection of [database, second]) {
      connection.execute("INSERT INTO t VALUES (?)", [BigInt(i)]);
      const [[n] = []] = connection.query("SELECT n FROM n", []);
      connection.execute("UPDATE n SET n = ?", [(n as bigint) + 1n]);
    }
  }
  for (const connection of [database, second]) {
    assertEquals(
      connection.query("SELECT n, (SELECT count(*) FROM t) FROM n", []),
      [[400n, 400n]],
    );
    assertEquals(connection.query("PRAGMA integrity_check", []), [["ok"]]);
  }
  second.close();
});

test("what is temporary has the limit of the database", ({ database }) => {
  database.migrate("CREATE TEMP TABLE t (a)");
  const fill = `INSERT INTO temp.t
    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20)
    SELECT randomblob(100000) FROM c`;
  fails(() => database.execute(fill, []), "SQL_FAILED", "full");
  assertEquals(database.query("SELECT count(*) FROM temp.t", []), [[0n]]);
  database.execute("INSERT INTO temp.t VALUES (1)", []);
  fails(
    () => database.execute("PRAGMA temp.max_page_count = 1000000", []),
    "SQL_REFUSED",
  );
}, { maxBytes: 1024 * 1024 });

test("a result of very many columns has its limit of bytes, or is refused", ({ database }) => {
  const columns = Array.from({ length: 500 }, (_, i) => `x AS c${i}`);
  const wide = `WITH RECURSIVE
      c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000000)
    SELECT ${columns} FROM c`;
  fails(() => database.query(wide, []), "SQL_LIMIT");
});

test("a failure is looked for without reading the whole result again", ({ database }) => {
  // It fails at the first row, or else gives a million of them.
  const moody = `WITH RECURSIVE
      c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 1000000)
    SELECT CASE WHEN x = 1 AND random() > 0
      THEN abs(-9223372036854775807 - 1) ELSE zeroblob(1000000) END FROM c`;
  for (let i = 0; i < 8; i++) {
    const error = assertThrows(() => database.query(moody, []), ForgeError);
    assert(/^SQL_(LIMIT|FAILED)$/.test(error.code), error.message);
  }
});

test("results of every size and shape are whole and in order", ({ database }) => {
  const numbers = (count: number) =>
    `WITH RECURSIVE
    c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${count})`;
  for (const count of [1, 49, 50, 51, 200]) {
    const rows = database.query(
      `${numbers(count)} SELECT x FROM c ORDER BY -x -- all`,
      [],
    );
    const expected = Array.from({ length: count }, (_, i) => [
      BigInt(count - i),
    ]);
    assertEquals(rows, expected);
  }
  assertEquals(database.query(`${numbers(9)} SELECT x FROM c WHERE 0`, []), []);
  // Large values, of which one alone is too large to be read with others.
  for (const bytes of [4096, 4097, 100_000]) {
    const large = database.query(
      `${numbers(3)} SELECT x, zeroblob(x * ?), NULL, hex(zeroblob(?)) FROM c`,
      [BigInt(bytes), BigInt(bytes)],
    );
    assertEquals(
      large.map(([x, blob, none, text]) => [
        ...[x, (blob as Uint8Array).length, none, (text as string).length],
      ]),
      [1, 2, 3].map((x) => [BigInt(x), x * bytes, null, 2 * bytes]),
    );
  }
  const columns = Array.from({ length: 400 }, (_, i) => `'${i}' || char(0)`);
  assertEquals(
    database.query(`SELECT ${columns}`, [])[0],
    Array.from({ length: 400 }, (_, i) => `${i}\0`),
  );
});
