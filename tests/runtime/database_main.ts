/**
 * Writes a database and is killed in the middle of a transaction, or reads one.
 *
 * @module
 */

import process from "node:process";
import { platform } from "../../src/platform/deno.ts";

const [what, engine, path = ""] = Deno.args;
const database = await platform.openDatabase!(path, {
  engine: engine === "native" ? "native" : "wasm",
});
if (what === "write") {
  database.migrate("CREATE TABLE t (a TEXT)");
  for (let i = 0; i < 5; i++) {
    database.execute("INSERT INTO t VALUES ('kept')", []);
  }
  database.execute("BEGIN IMMEDIATE", []);
  // More than is kept in memory, so that the file has some of it.
  database.execute(
    `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000)
     INSERT INTO t SELECT hex(zeroblob(200)) FROM c`,
    [],
  );
  console.log("in the middle");
  process.kill(process.pid, "SIGKILL");
}
const [[kept, others] = []] = database.query(
  "SELECT sum(a = 'kept'), sum(a <> 'kept') FROM t",
  [],
);
const [[check] = []] = database.query("PRAGMA integrity_check", []);
console.log(`${kept} kept, ${others} others, ${check}`);
database.close();
