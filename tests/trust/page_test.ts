/** docs/signatures.md names tests that exist, and codes that they expect. */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const ROW =
  /^\| ([^|]+) \| ([^|]+) \| `(tests\/[^`]+_test\.ts)`: ([^|]+) \|$/gm;

Deno.test("each row of what was tried names a test that is there, and a code that it expects", async () => {
  const page = await Deno.readTextFile(new URL("docs/signatures.md", ROOT));
  const codes = await Deno.readTextFile(new URL("src/errors.ts", ROOT));
  const problems: string[] = [];
  let rows = 0;
  for (
    const [, what, expected = "", path = "", name = ""] of page.matchAll(ROW)
  ) {
    rows++;
    const source = await Deno.readTextFile(new URL(path, ROOT));
    const at = Math.max(
      source.indexOf(JSON.stringify(name)),
      source.indexOf(`\`${name}\``),
    );
    if (at < 0) problems.push(`${what}: there is no test "${name}" in ${path}`);
    for (const [, code = ""] of expected.matchAll(/`([A-Z_]+)`/g)) {
      if (!codes.includes(`"${code}"`)) {
        problems.push(`${what}: no code ${code}`);
      }
      if (!source.includes(code)) {
        problems.push(`${what}: ${path} does not expect ${code}`);
      }
    }
  }
  assert(rows >= 20, `${rows} rows`);
  assertEquals(problems, []);
});
