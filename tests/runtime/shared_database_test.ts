/** One database of several extensions, in threads and processes. */

import { assertEquals, assertRejects, fail } from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../../src/errors.ts";
import { platform } from "../../src/platform/deno.ts";
import { isolation } from "../../src/project/mod.ts";
import type { Extension, LoadExtensionOptions } from "../../src/runtime/mod.ts";
import { fixture, openStage, type Stage } from "./stage.ts";

async function load(
  stage: Stage,
  options: LoadExtensionOptions = {},
): Promise<Extension> {
  return await stage.load(await fixture("world"), {
    database: {
      path: join(stage.root, "shared.extension.db"),
      open: platform.openDatabase!,
      engine: "wasm",
    },
    ...options,
  });
}

async function sql(
  extension: Extension,
  fieldName: "migrate" | "execute" | "query",
  text: string,
): Promise<string> {
  const result = await extension.resolveField({
    ...{ fieldName, parentType: "Query", arguments: text },
  });
  if (result.status === "error") fail(`${text}: ${result.message}`);
  return result.json;
}

for (const level of ["worker", "process"] as const) {
  Deno.test(`extensions in this thread and in a ${level} each write one database, and nothing is lost`, async () => {
    await using stage = await openStage();
    const elsewhere = { isolation: isolation(level, { platform }) };
    const extensions = [
      await load(stage),
      await load(stage, elsewhere),
      await load(stage, elsewhere),
    ];
    await sql(
      extensions[0]!,
      "migrate",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a); CREATE TABLE n (n); INSERT INTO n VALUES (0)",
    );
    await Promise.all(extensions.map(async (extension) => {
      for (let i = 0; i < 60; i++) {
        await sql(extension, "execute", "INSERT INTO t(a) VALUES (1)");
        await sql(extension, "execute", "UPDATE n SET n = n + 1");
      }
    }));
    for (const extension of extensions) await extension.shutdown();
    const path = join(stage.root, "shared.extension.db");
    const database = await platform.openDatabase!(path, { engine: "wasm" });
    assertEquals(
      database.query("SELECT count(*), (SELECT n FROM n) FROM t", []),
      [[180n, 180n]],
    );
    assertEquals(database.query("PRAGMA integrity_check", []), [["ok"]]);
    database.close();
  });

  Deno.test(`what a ${level} had not committed when it was ended holds up nobody`, async () => {
    await using stage = await openStage();
    const extension = await load(stage, {
      isolation: isolation(level, { platform }),
      // Deno cannot stop a thread: its fuel must end at some time.
      limits: { fuel: level === "worker" ? 2e9 : Infinity, timeoutMs: 1000 },
    });
    await sql(extension, "migrate", "CREATE TABLE t (a)");
    await sql(extension, "execute", "INSERT INTO t VALUES ('kept')");
    await sql(extension, "execute", "BEGIN IMMEDIATE");
    await sql(extension, "execute", "INSERT INTO t VALUES ('lost')");
    const error = await assertRejects(
      () => extension.resolveField({ fieldName: "spin", parentType: "Query" }),
      ForgeError,
    );
    assertEquals(error.code, "EXTENSION_TIMEOUT");
    const path = join(stage.root, "shared.extension.db");
    const database = await platform.openDatabase!(path, {
      ...{ engine: "wasm", busyTimeoutMs: 30_000 },
    });
    assertEquals(database.query("SELECT a FROM t", []), [["kept"]]);
    database.execute("INSERT INTO t VALUES ('more')", []);
    database.close();
  });
}
