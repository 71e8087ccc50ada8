/** The committed binaries are what their sources say. */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  buildFixtures,
  BUILT_BY_TOOLS,
  FIXTURES,
} from "../scripts/build_fixtures.ts";

Deno.test("committed fixtures are what their sources build to", async () => {
  const built = await buildFixtures();
  const committed: string[] = [];
  for await (const { name } of Deno.readDir(FIXTURES)) {
    if (name.endsWith(".wasm")) committed.push(name);
  }
  assertEquals(
    committed.sort(),
    [...built.keys(), ...BUILT_BY_TOOLS].sort(),
  );
  for (const [name, bytes] of built) {
    const onDisk = await Deno.readFile(join(FIXTURES, name));
    assertEquals(onDisk, bytes, `${name} drifted: run \`deno task fixtures\``);
  }
});
