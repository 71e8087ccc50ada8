/** Modules for tests that mutate modules. */

import { fromFileUrl, join } from "@std/path";
import { build, PROGRAMS } from "./programs.ts";

const FIXTURES = fromFileUrl(new URL("../fixtures/", import.meta.url));

/** Larger modules make mutation slow and rarely hit anything that matters. */
const MAX_BYTES = 10_000;

/** The small committed fixtures and the built programs, in an order that stays. */
export async function readCorpus(): Promise<Uint8Array<ArrayBuffer>[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(FIXTURES)) {
    if (isFile && name.endsWith(".wasm")) names.push(name);
  }
  const fixtures = await Promise.all(
    names.sort().map((name) => Deno.readFile(join(FIXTURES, name))),
  );
  return [
    ...fixtures.filter(({ byteLength }) => byteLength <= MAX_BYTES),
    ...await Promise.all(PROGRAMS.map(build)),
  ];
}
