/** docs/fault-matrix.md names tests that exist and do what it says of them. */

import { assert, assertEquals, assertGreater } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

interface Row {
  readonly number: string;
  readonly fault: string;
  readonly sees: string;
  readonly left: string;
  readonly path: string;
  readonly name: string;
}

/** `known | fault | what the user sees | what stays on the disk | file: test` */
const ROW =
  /^\| *(\d*) *\| *([^|]+?) *\| *([^|]+?) *\| *([^|]+?) *\| `([^`|]+_test\.ts)`: ([^|]+?) *\|$/gm;

const PAGE = await Deno.readTextFile(new URL("docs/fault-matrix.md", ROOT));
const ROWS: readonly Row[] = [...PAGE.matchAll(ROW)].map(
  (
    [, number = "", fault = "", sees = "", left = "", path = "", name = ""],
  ) => ({
    number,
    fault,
    sees,
    left,
    path,
    name,
  }),
);
const SOURCES = new Map<string, string>();
for (const { path } of ROWS) {
  if (SOURCES.has(path)) continue;
  SOURCES.set(path, await Deno.readTextFile(new URL(path, ROOT)));
}

function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)]
    .map(([, code = ""]) => code);
}

/** Where a test begins, or its entry in a table; -1 when it is not there. */
function placeOf({ path, name }: Row): number {
  const source = SOURCES.get(path) ?? "";
  return Math.max(
    source.indexOf(`${JSON.stringify(name)}`),
    source.indexOf(`\`${name}\``),
  );
}

/**
 * What the test of a row is made of: its entry in a table and the function
 * that plays the table, or its own function; and the constants that it spreads.
 */
function testOf(row: Row): string {
  const source = SOURCES.get(row.path) ?? "";
  const at = placeOf(row);
  const isTest = /Deno\.test\(\s*(?:\{\s*name:\s*)?$/.test(source.slice(0, at));
  const own = until(
    source,
    at,
    isTest ? /\n(?:Deno|for|const)\b/ : /\n {2}\},/,
  );
  const loopAt = isTest ? -1 : source.indexOf("\nfor (", at);
  const loop = loopAt < 0 ? "" : until(source, loopAt + 1, /\n\}\n/);
  const test = own + loop;
  const spread = [...test.matchAll(/\.\.\.([A-Z_]+)\b/g)].map(([, name]) => {
    const declared = source.indexOf(`const ${name}`);
    return declared < 0 ? "" : until(source, declared, /\n\};/);
  });
  return test + spread.join("");
}

function until(source: string, at: number, end: RegExp): string {
  const rest = source.slice(at);
  const length = rest.search(end);
  return length < 0 ? rest : rest.slice(0, length);
}

/** What a test of this room calls where this is left. */
const CHECKS: Readonly<Record<string, RegExp>> = {
  "nothing": /playRefusal|assertNothingLeft/,
  "one whole entry":
    /playRecovery|assertPulled|assertOneWholeEntry|playRefusal|cached\(\)/,
};

Deno.test("the fault matrix has all known failures and at least 60 faults", () => {
  assertGreater(ROWS.length, 59);
  assertGreater(new Set(ROWS.map(({ name }) => name)).size, 59);
  const numbers = new Set(ROWS.map(({ number }) => Number(number)));
  const missing = Array.from({ length: 25 }, (_, i) => i + 1)
    .filter((number) => !numbers.has(number));
  assertEquals(missing, []);
  assert(PAGE.includes(`\n${ROWS.length} things`), `${ROWS.length} rows`);
});

Deno.test("every row of the fault matrix can be read, and none is there twice", () => {
  const lines = PAGE.split("\n").filter((line) =>
    line.split(" | ").length === 5 && !/^\| (?:known|-)/.test(line)
  );
  assertEquals(lines.length, ROWS.length);
  const rows = ROWS.map(({ fault, name }) => `${fault}: ${name}`);
  assertEquals(rows.filter((row, at) => rows.indexOf(row) !== at), []);
});

Deno.test("every code in the fault matrix is one that errors can have", async () => {
  const source = await Deno.readTextFile(new URL("src/errors.ts", ROOT));
  const known = new Set(
    [...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(([, code]) => code),
  );
  const codes = ROWS.flatMap(({ sees }) => codesIn(sees));
  assertGreater(codes.length, 100);
  assertEquals(codes.filter((code) => !known.has(code)), []);
});

Deno.test("every test that the fault matrix names exists", () => {
  const missing = ROWS.filter((row) => placeOf(row) < 0);
  assertEquals(missing.map(({ path, name }) => `${path}: ${name}`), []);
});

Deno.test("the tests that the fault matrix names expect the codes that it names", () => {
  const wrong = ROWS.flatMap((row) => {
    const test = testOf(row);
    return codesIn(row.sees).filter((code) => !test.includes(`"${code}"`))
      .map((code) => `${code}: ${row.name}`);
  });
  assertEquals(wrong, []);
});

Deno.test("the tests that the fault matrix names look at what stays on the disk", () => {
  const blind = ROWS.filter((row) => {
    const check = CHECKS[row.left];
    return row.path.startsWith("tests/faults/") && check !== undefined &&
      !check.test(testOf(row));
  });
  assertEquals(blind.map(({ name }) => name), []);
});

Deno.test("every fault test has a row in the fault matrix", async () => {
  const named = new Set(ROWS.map(({ path, name }) => `${path}: ${name}`));
  const forgotten: string[] = [];
  for await (
    const { name: file } of Deno.readDir(new URL(".", import.meta.url))
  ) {
    if (!file.endsWith("_test.ts") || file === "matrix_test.ts") continue;
    const path = `tests/faults/${file}`;
    const source = await Deno.readTextFile(new URL(path, ROOT));
    const names = source.matchAll(
      /(?:\n {4}name:|Deno\.test\((?:\{\s*name:)?)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g,
    );
    for (const [, plain, template] of names) {
      const name = `${path}: ${plain ?? template}`;
      if (!named.has(name)) forgotten.push(name);
    }
  }
  assertEquals(forgotten, []);
});
