/** docs/security.md names tests that exist. */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const ROW = /^\| ([^|]+) \| `((?:src|tests)\/[^`]+_test\.ts)`: ([^|]+) \|$/gm;

Deno.test("each promise of the page names a test that is there", async () => {
  const page = await Deno.readTextFile(new URL("docs/security.md", ROOT));
  const rows = [...page.matchAll(ROW)];
  const problems: string[] = [];
  for (const [, promise, path = "", name = ""] of rows) {
    const source = await Deno.readTextFile(new URL(path, ROOT));
    const isThere = source.includes(JSON.stringify(name)) ||
      source.includes(`\`${name}\``);
    if (!isThere) problems.push(`${promise}: no test "${name}" in ${path}`);
  }
  assert(rows.length >= 35, `${rows.length} rows`);
  assertEquals(problems, []);
});
