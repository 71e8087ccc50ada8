/**
 * Writes transaction after transaction into a database that others write at the
 * same time, and says the number of each when it is committed.
 *
 * ```sh
 * database_writer.ts ENGINE PATH NAME SEED TRANSACTIONS
 * ```
 *
 * It runs on Deno and, compiled for it, on Node.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { platform } from "../../src/platform/deno.ts";
import { seededRandom } from "../ron/random.ts";

/** Bytes in the large rows, some hundreds of which make a log that is brought in. */
const LARGE_BYTES = 30_000;
/** A long campaign writes more than an extension may. */
const MAX_BYTES = 4 * 1024 ** 3;
/** Milliseconds of the longest break: long enough to give the lock back. */
const LONGEST_BREAK_MS = 60;

const [engine, path = "", name = "", seed, transactions] = process.argv.slice(
  2,
);
const random = seededRandom(Number(seed));
const database = await platform.openDatabase!(path, {
  engine: engine === "native" ? "native" : "wasm",
  busyTimeoutMs: 30_000,
  maxBytes: MAX_BYTES,
});
const run = (sql: string, ...values: (string | bigint)[]) =>
  database.execute(sql, values);

database.migrate(`
  CREATE TABLE IF NOT EXISTS done (
    writer TEXT, number INTEGER, part INTEGER, parts INTEGER, a
  );
  CREATE INDEX IF NOT EXISTS by_writer ON done (writer, number);
  CREATE TABLE IF NOT EXISTS total (transactions INTEGER);
  INSERT INTO total SELECT 0 WHERE NOT EXISTS (SELECT * FROM total);
`);
for (let number = 1; number <= Number(transactions); number++) {
  const parts = 1 + random.int(4);
  const bytes = random.int(15) === 0 ? LARGE_BYTES : 10;
  run("BEGIN IMMEDIATE");
  for (let part = 1; part <= parts; part++) {
    run(
      `INSERT INTO done VALUES (?, ?, ${part}, ${parts}, randomblob(${bytes}))`,
      ...[name, BigInt(number)],
    );
  }
  // Who loses what another has written meanwhile writes too small a number.
  const [[total] = []] = database.query("SELECT transactions FROM total", []);
  run("UPDATE total SET transactions = ?", (total as bigint) + 1n);
  run("COMMIT");
  writeSync(1, `${number}\n`);
  if (random.int(20) === 0) {
    await setTimeout(random.int(LONGEST_BREAK_MS));
  }
}
database.close();
