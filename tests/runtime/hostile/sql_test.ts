/** SQL that never ends, where nothing but its SQLite can end it. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../../src/errors.ts";
import { platform } from "../../../src/platform/deno.ts";
import { findNative } from "../../../src/platform/sqlite/native.ts";
import { isolation } from "../../../src/project/mod.ts";
import {
  type Extension,
  type ExtensionIsolation,
  loadExtension,
} from "../../../src/runtime/mod.ts";
import { fixture, openStage } from "../stage.ts";
import { checkWitness, openWitness } from "./contained.ts";

const ENDLESS = [
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) INSERT INTO t SELECT x FROM c",
  "SELECT sum(t.a + f.a) FROM t, t AS b, t AS c, t AS d, t AS e, t AS f",
];

/** As many characters as the bytes of a blob twice: `0000`. */
const zeros = (bytes: number) => `hex(zeroblob(${bytes}))`;
const object = (key: string) =>
  `(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000)
  SELECT json_group_object('${key}' || x, 1) FROM c)`;

/** Single instructions of SQLite's machine, of which each takes from half a minute to hours. */
const HOGS = [
  `SELECT instr(${zeros(800_000)}, ${zeros(200_000)} || '1')`,
  `SELECT length(replace(${zeros(800_000)}, ${zeros(200_000)} || '1', ''))`,
  `SELECT length(trim(${zeros(400_000)}, replace(${
    zeros(400_000)
  }, '0', '1') || '0'))`,
  `SELECT length(json_patch(${object("a")}, ${object("b")}))`,
  `SELECT replace(${zeros(4_000_000)}, '0', 'a') GLOB '*' || replace(${
    zeros(90)
  }, '0', '[a-b]') || 'c*'`,
  "SELECT length(highlight(f, 0, '<b>', '</b>')) FROM f WHERE f MATCH 'a'",
];

const IS_ENDED = "a statement that never ends is ended without being asked for";
const IS_TORN_OFF =
  "an instruction that never ends is ended, and what was committed stays";

/** Few enough that tests are fast. */
const STEPS = 2_000_000;

async function answer(
  extension: Extension,
  fieldName: string,
  sql: string,
): Promise<string> {
  const result = await extension.resolveField({
    ...{ fieldName, parentType: "Query", arguments: sql },
  });
  return result.status === "success" ? result.json : result.message;
}

const PLACES: readonly (readonly [string, ExtensionIsolation | undefined])[] = [
  ["in this thread", undefined],
  ["in a worker", isolation("worker", { platform })],
];

for (const [place, where] of PLACES) {
  Deno.test(`${place} ${IS_ENDED}`, async () => {
    await using stage = await openStage();
    const witness = await openWitness(stage);
    const hostile = await stage.load(await fixture("world"), {
      name: "hostile",
      limits: { databaseSteps: STEPS },
      isolation: where,
    });
    await answer(hostile, "migrate", "CREATE TABLE t (a)");
    const filled = await answer(
      hostile,
      "execute",
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500) INSERT INTO t SELECT x FROM c",
    );
    assertEquals(filled, "500");
    for (const sql of ENDLESS) {
      for (const field of ["query", "execute", "migrate"]) {
        const said = await answer(hostile, field, sql);
        assertStringIncludes(
          said,
          `more than ${STEPS} steps`,
          `${field}: ${sql}: ${said}`,
        );
      }
    }
    // It is the one that it was, and so is what it keeps.
    assertEquals(await answer(hostile, "query", "SELECT a FROM t"), "500");
    assertEquals(await answer(hostile, "execute", "DELETE FROM t"), "500");
    assertEquals(hostile.metrics.failures, 0);
    await checkWitness(witness);
  });

  Deno.test(`${place} ${IS_TORN_OFF}`, async () => {
    // A worker is not waited for any longer than that, and goes on until its
    // fuel is burnt: the fastest of them has done so before.
    const timeoutMs = where === undefined ? 1_000 : 5_000;
    const hogs = where === undefined ? HOGS : HOGS.slice(0, 1);
    await using stage = await openStage();
    const witness = await openWitness(stage);
    const hostile = await stage.load(await fixture("world"), {
      name: "hostile",
      limits: { timeoutMs },
      isolation: where,
    });
    await answer(
      hostile,
      "migrate",
      `CREATE TABLE t (a);
      CREATE VIRTUAL TABLE f USING fts5(x);
      INSERT INTO f VALUES (replace(${zeros(200_000)}, '0', 'a '))`,
    );
    for (const [done, sql] of hogs.entries()) {
      assertEquals(
        await answer(hostile, "execute", "INSERT INTO t VALUES (1)"),
        "1",
      );
      await answer(hostile, "execute", "BEGIN");
      await answer(hostile, "execute", "INSERT INTO t VALUES (2)");
      const error = await assertRejects(
        () => answer(hostile, "query", sql),
        ForgeError,
      );
      assertEquals(error.code, "EXTENSION_TIMEOUT", sql);
      // Another instance, and the same data.
      const committed = await answer(hostile, "query", "SELECT a FROM t");
      assertEquals(committed, `${done + 1}`, sql);
    }
    const check =
      "SELECT * FROM pragma_integrity_check WHERE integrity_check = 'ok'";
    assertEquals(await answer(hostile, "query", check), "1");
    await checkWitness(witness);
  });

  Deno.test(`${place} the limits that there are by default end it, too`, async () => {
    await using stage = await openStage();
    const witness = await openWitness(stage);
    const hostile = await stage.load(await fixture("world"), {
      name: "hostile",
      isolation: where,
      limits: { timeoutMs: 60_000 },
    });
    const said = await answer(hostile, "query", ENDLESS[0]!);
    assertStringIncludes(said, "more than 100000000 steps");
    assertEquals(await answer(hostile, "query", "SELECT 1"), "1");
    await checkWitness(witness);
  });

  Deno.test(`${place} the time of an operation holds for all of its statements`, async () => {
    await using stage = await openStage();
    const hostile = await stage.load(await fixture("world"), {
      name: "hostile",
      isolation: where,
      limits: { databaseSteps: STEPS, timeoutMs: 1 },
    }).catch((error) => error);
    const error = hostile instanceof Error
      ? hostile
      : await answer(hostile, "query", ENDLESS[0]!).catch((error) => error);
    assertEquals(error.code, "EXTENSION_TIMEOUT");
  });
}

Deno.test("the SQLite of the runtime is had by asking for it, where there is one", async () => {
  await using stage = await openStage();
  const open = platform.openDatabase!;
  const path = join(stage.root, "trusted.extension.db");
  const bytes = await fixture("world");
  const loading = stage.load(bytes, {
    database: { path, open, engine: "native" },
  });
  if (await findNative() === undefined) {
    const error = await loading.catch((error) => error);
    assertEquals(error.code, "DATABASE_UNAVAILABLE");
    return;
  }
  await answer(await loading, "migrate", "CREATE TABLE t (a)");
  // A sign of its own is beside the file.
  const names = [...Deno.readDirSync(stage.root)].map(({ name }) => name);
  assertEquals(names.includes("trusted.extension.db-shm"), true);
});

Deno.test("who opens the database is told which SQLite is wanted", async () => {
  await using stage = await openStage();
  const bytes = await fixture("world");
  const asked: unknown[] = [];
  for (const engine of [undefined, "native", "wasm"] as const) {
    const extension = await loadExtension({ name: "sample", bytes }, {
      database: {
        path: join(stage.root, `${engine}.extension.db`),
        engine,
        open(path, options) {
          asked.push(options?.engine);
          return platform.openDatabase!(path, { ...options, engine: "wasm" });
        },
      },
    });
    await extension.shutdown();
  }
  assertEquals(asked, ["wasm", "native", "wasm"]);
});
