/** Modules for tests that mutate modules. */

import { join } from "@std/path";
import { FIXTURES } from "../../scripts/build_fixtures.ts";
import { build, PROGRAMS } from "./programs.ts";

/** The committed fixtures and the built programs, in an order that stays. */
export async function readCorpus(): Promise<Uint8Array<ArrayBuffer>[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(FIXTURES)) {
    if (isFile && name.endsWith(".wasm")) names.push(name);
  }
  const fixtures = await Promise.all(
    names.sort().map((name) => Deno.readFile(join(FIXTURES, name))),
  );
  return [...fixtures, ...await Promise.all(PROGRAMS.map(build))];
}
