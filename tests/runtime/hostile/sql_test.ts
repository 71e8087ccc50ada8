/** SQL that never ends, where nothing but its SQLite can end it. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
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

const IS_ENDED = "a statement that never ends is ended without being asked for";

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
