/** docs/runtime.md: its numbers are those of the code, its errors all of them, its tests there. */

import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import {
  DEFAULT_LIMITS,
  DEVELOPMENT_LIMITS,
  type ExtensionLimits,
} from "../src/runtime/mod.ts";

const ROOT = new URL("../", import.meta.url);
const PAGE = await read("docs/runtime.md");
/** Cells of each row of its tables. */
const ROWS = PAGE.split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

Deno.test("the page on running extensions has the limits of the code", () => {
  const text = (name: string, value: number) =>
    /^(?!max).*Bytes$|^maxResultBytes$/.test(name)
      ? `${(value / 1024 / 1024).toLocaleString("en")} MiB`
      : value.toLocaleString("en");
  for (const name of Object.keys(DEFAULT_LIMITS)) {
    const cells = [DEFAULT_LIMITS, DEVELOPMENT_LIMITS]
      .map((limits) => text(name, limits[name as keyof ExtensionLimits]));
    const row = ROWS.find(([limit]) => limit === `\`${name}\``);
    assertEquals(row?.slice(1, 3), cells, name);
  }
});

Deno.test("the page on running extensions names every error of a running extension", async () => {
  const errors = await read("src/errors.ts");
  for (const [, code = ""] of errors.matchAll(/"(EXTENSION_[A-Z_]+)"/g)) {
    // That one is of the command line.
    if (code !== "EXTENSION_NOT_FOUND") {
      assertStringIncludes(PAGE, `\`${code}\``);
    }
  }
});

Deno.test("every hostile extension of the page has the test that holds it", async () => {
  const missing: string[] = [];
  const held = ROWS.flatMap(([, proof = ""]) => {
    const [, path, name] = /^`([^`]+_test\.ts)`: (.+)$/.exec(proof) ?? [];
    return path === undefined || name === undefined ? [] : [{ path, name }];
  });
  assertGreater(held.length, 25);
  for (const { path, name } of held) {
    // Names of some tests are put together: a part of one is a string of its own.
    const source = await read(path);
    if (!source.includes(`"${name}"`)) missing.push(`${path}: ${name}`);
  }
  assertEquals(missing, []);
});
