import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../../errors.ts";
import { planParameters } from "./parameters.ts";
import { readStatements } from "./statements.ts";

function texts(sql: string): readonly string[] {
  return readStatements(sql).map(({ text }) => text);
}

Deno.test("statements end at semicolons that are not in strings, names or comments", () => {
  assertEquals(texts("SELECT 1; SELECT 2"), ["SELECT 1", "SELECT 2"]);
  assertEquals(texts(`SELECT 'a;''b;', "c;""d", \`e;\`, [f;] ;`), [
    `SELECT 'a;''b;', "c;""d", \`e;\`, [f;]`,
  ]);
  assertEquals(texts("SELECT 1 -- ; one\n; /* ; two */ SELECT 2 /* ; three"), [
    "SELECT 1",
    "SELECT 2",
  ]);
  assertEquals(texts(" ;; -- nothing\n ; /* at all */"), []);
});

Deno.test("the body of a trigger is part of its statement", () => {
  const trigger =
    "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END";
  assertEquals(texts(`${trigger}; SELECT 2`), [trigger, "SELECT 2"]);
  // CASE has an END of its own.
  const withCase =
    "create trigger t after insert on a begin select case 1 when 1 then 2 end; end";
  assertEquals(texts(`${withCase};select 2`), [withCase, "select 2"]);
});

Deno.test("a WITH does what its main statement does", () => {
  const verbs = (sql: string) => readStatements(sql).map(({ verb }) => verb);
  assertEquals(verbs("WITH a AS (DELETE) INSERT INTO t SELECT 1"), ["INSERT"]);
  assertEquals(verbs("with recursive c(x) as (values(1)) select x"), [
    "SELECT",
  ]);
  assertEquals(verbs("UPDATE t SET a = 1"), ["UPDATE"]);
});

/** Every way that was found to say what an extension must not say. */
const REFUSED = [
  "ATTACH 'other.db' AS o",
  "aTtAcH DATABASE 'other.db' AS o",
  "/* a */ -- b\n /**/ATTACH 'other.db' AS o",
  "\uFEFFATTACH 'other.db' AS o",
  "\f\r\n\tATTACH 'other.db' AS o",
  "SELECT 1; ATTACH 'other.db' AS o",
  "SELECT 'a'';' ; ATTACH 'other.db' AS o",
  'SELECT "a" ";" ; ATTACH \'other.db\' AS o',
  "SELECT [;'] ; ATTACH 'other.db' AS o",
  "SELECT 1 /* '; */ ; ATTACH 'other.db' AS o --'",
  "SELECT 1 -- '\n; ATTACH 'other.db' AS o",
  "SELECT 1 /*/; ATTACH 'x' AS y;*/; ATTACH 'other.db' AS o",
  "EXPLAIN ATTACH 'other.db' AS o",
  "EXPLAIN QUERY PLAN ATTACH 'other.db' AS o",
  "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; ATTACH 'o' AS o; END",
  "DETACH main",
  "VACUUM",
  "VACUUM main INTO 'copy.db'",
  "VACUUM INTO 'copy.db'",
  "PRAGMA temp_store_directory = '/tmp'",
  "PRAGMA data_store_directory('/tmp')",
  "PRAGMA main.writable_schema = 1",
  'PRAGMA "writable_schema" = 1',
  "PRAGMA [writable_schema]=1",
  "PRAGMA database_list",
  "PRAGMA key = 'x'",
  "PRAGMA max_page_count = 1000000000",
  "PRAGMA hard_heap_limit = 0",
  "PRAGMA",
  "SELECT 1\0; ATTACH 'other.db' AS o",
];

for (const [i, sql] of REFUSED.entries()) {
  Deno.test(`refused in a text, ${i}: ${JSON.stringify(sql)}`, () => {
    const error = assertThrows(() => readStatements(sql), ForgeError);
    assertEquals(error.code, "SQL_REFUSED");
  });
}

Deno.test("words that look refused and are values or names pass", () => {
  for (
    const sql of [
      "SELECT 'ATTACH'",
      'SELECT attach FROM "VACUUM"',
      "INSERT INTO t VALUES ('; ATTACH ''other.db'' AS o')",
      "SELECT 1 -- ; ATTACH 'other.db' AS o",
      "SELECT 1 /* ; ATTACH 'other.db' AS o */",
      "PRAGMA user_version = 3",
      "PRAGMA main.table_info(notes)",
      "PRAGMA journal_mode = WAL",
    ]
  ) assertEquals(readStatements(sql).length, 1, sql);
});

Deno.test("parameters are numbered as SQLite numbers them", () => {
  const plan = (sql: string) => {
    const { named, positional } = planParameters(sql) ?? {};
    return named && [Object.fromEntries(named), positional];
  };
  assertEquals(plan("SELECT ?, ?2, ?"), undefined);
  assertEquals(plan("SELECT ':a', \"@b\" -- :c"), undefined);
  assertEquals(plan("SELECT :a, @b, $c, :a"), [
    { ":a": 0, "@b": 1, "$c": 2 },
    [],
  ]);
  assertEquals(plan("SELECT ?, :a, ?5, :b, ?"), [
    { ":a": 1, ":b": 5 },
    [0, 4, 6],
  ]);
});
