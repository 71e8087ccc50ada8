/** Databases whose process was killed in the middle of a transaction. */

import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { restartFlags } from "../permissions/real_process.ts";
import { runRivals } from "./database_rivals.ts";

const MAIN = new URL("./database_main.ts", import.meta.url).pathname;
const ENGINES = ["native", "wasm"] as const;

/** Runs a process with no rights but to the directory of the databases. */
async function run(directory: string, args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...restartFlags()],
      ...[`--allow-read=${directory}`, `--allow-write=${directory}`],
      ...[MAIN, ...args],
    ],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, out: text(stdout).trim(), err: text(stderr) };
}

for (const first of ENGINES) {
  for (const second of ENGINES) {
    Deno.test(`what ${first} had committed when it was killed ${second} reads, and nothing else`, async () => {
      const directory = await Deno.makeTempDir();
      const path = join(directory, "a.db");
      const killed = await run(directory, ["write", first, path]);
      assertEquals(killed.success, false);
      assertStringIncludes(killed.out, "in the middle", killed.err);
      // The one that reads it leaves it to a third, as it should be.
      for (const engine of [second, first]) {
        const read = await run(directory, ["read", engine, path]);
        assertEquals(read.out, "5 kept, 0 others, ok", read.err);
      }
      await Deno.remove(directory, { recursive: true });
    });
  }
}

Deno.test("processes that write one database lose nothing of each other, though some are killed", async () => {
  const directory = await Deno.makeTempDir();
  const { kills, acknowledged, problems } = await runRivals({
    ...{ directory, writers: 3, kills: 4, transactions: 200, seed: 1 },
  });
  assertEquals(problems, []);
  assertGreater(kills, 3);
  assertGreater(acknowledged, 600);
  await Deno.remove(directory, { recursive: true });
});
