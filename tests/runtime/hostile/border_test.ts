/** Extensions that want what is not theirs: files, databases, the terminal. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
} from "@std/assert";
import { spawn } from "node:child_process";
import { join } from "@std/path";
import { ForgeError } from "../../../src/errors.ts";
import { platform } from "../../../src/platform/deno.ts";
import { fixture, openStage } from "../stage.ts";
import { checkWitness, openWitness } from "./contained.ts";
import { guest } from "./guest.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

Deno.test("the database of another extension cannot be had by any route of SQL", async () => {
  await using stage = await openStage();
  const bytes = await fixture("world");
  const victim = await stage.load(bytes, { name: "victim" });
  const hostile = await stage.load(bytes, { name: "hostile" });
  const ask = (extension: typeof victim, fieldName: string, sql: string) =>
    extension.resolveField({ fieldName, parentType: "Query", arguments: sql });
  const made = await ask(victim, "migrate", "CREATE TABLE secret (a)");
  assertEquals(made.status, "success");
  const path = join(stage.root, "victim.extension.db");
  for (
    const sql of [
      `ATTACH '${path}' AS o`,
      `/* */ aTTach database 'file:${path}?immutable=1' AS o`,
      `EXPLAIN ATTACH '${path}' AS o`,
      `VACUUM INTO '${join(stage.root, "copy.db")}'`,
      `SELECT * FROM "${path}".secret`,
      `SELECT readfile('${path}')`,
      `SELECT load_extension('${path}')`,
      `PRAGMA temp_store_directory = '${stage.root}'`,
      "SELECT * FROM secret",
    ]
  ) {
    for (const field of ["query", "execute", "migrate"]) {
      const result = await ask(hostile, field, sql);
      assertEquals(result.status, "error", `${field}: ${sql}`);
      // Nor is it told where it is.
      const said = result.status === "error" ? result.message : "";
      assert(!said.includes("hostile.extension.db"), said);
    }
  }
  assertEquals(hostile.metrics.failures, 0);
  assertEquals((await ask(victim, "query", "SELECT 1")).status, "success");
  const names = [...Deno.readDirSync(stage.root)].map(({ name }) => name);
  assert(!names.includes("copy.db"), names.join());
});

Deno.test("log without an end is cut, and ends with the time", async () => {
  await using stage = await openStage();
  const witness = await openWitness(stage);
  let now = 0;
  const hostile = await stage.load(
    await guest({
      memory: '(memory $memory (export "memory") 17)',
      extra: `(func $start (memory.fill
        (i32.const 65536) (i32.const 120) (i32.const ${MIB})))`,
      exports: '(export "_initialize" (func $start))',
      resolve: `(loop $forever
        (call $log (i32.const 2) (i32.const 65536) (i32.const ${MIB}))
        (br $forever)) (unreachable)`,
    }),
    // Time goes by in steps, so that it does not matter how fast this is.
    { name: "hostile", database: undefined, clock: { now: () => now += 25 } },
  );
  const error = await assertRejects(
    () => hostile.resolveField({ fieldName: "f", parentType: "Query" }),
    ForgeError,
  );
  assertEquals(error.code, "EXTENSION_TIMEOUT");
  const texts = stage.lines.filter(({ name }) => name === "hostile")
    .map(({ text }) => text);
  assertGreater(texts.length, 10);
  assertLess(texts.join("").length, 3 * MIB);
  for (const text of texts) assertLess(text.length, 17 * KIB);
  await checkWitness(witness);
});

Deno.test("a directory that turns into a link and back leads nowhere else", async () => {
  const top = await Deno.realPath(await Deno.makeTempDir());
  const root = join(top, "extension");
  for (const [directory, text] of [["outside", "secret"], ["own", "own"]]) {
    const path = join(directory === "own" ? root : top, directory!);
    await Deno.mkdir(path, { recursive: true });
    await Deno.writeTextFile(join(path, "file"), text!);
  }
  await Deno.symlink(join(top, "outside"), join(root, "link"));
  const turn =
    "while mv own away && mv link own; do mv own link && mv away own; done";
  const turning = spawn("sh", ["-c", turn], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  turning.stdout.resume();
  // It has an end when nobody has it open: the mv of the moment neither.
  const ended = new Promise((resolve) => turning.on("close", resolve));
  try {
    const directory = await platform.openDirectory!(root);
    let opened = 0;
    for (let i = 0; i < 4000; i++) {
      const text = readAndWrite(directory, i % 2 === 0);
      if (text === undefined) continue;
      opened += 1;
      assertEquals(text, "own");
    }
    assertGreater(opened, 0);
  } finally {
    turning.kill("SIGKILL");
    await ended;
  }
  const secret = await Deno.readTextFile(join(top, "outside", "file"));
  await Deno.remove(top, { recursive: true });
  assertEquals(secret, "secret");
});

type Directory = Awaited<
  ReturnType<NonNullable<typeof platform.openDirectory>>
>;

/** What the file says, if it could be opened; writes the same to it. */
function readAndWrite(directory: Directory, write: boolean) {
  try {
    const file = directory.open(["own", "file"], { write });
    const buffer = new Uint8Array(16);
    const text = new TextDecoder().decode(
      buffer.subarray(0, file.read(buffer, 0)),
    );
    if (write) file.write(new TextEncoder().encode("own"), 0);
    file.close();
    return text;
  } catch (error) {
    assert((error as { readonly code?: string }).code !== undefined);
    return undefined;
  }
}
