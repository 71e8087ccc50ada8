/** What the documents say is so: commands, links, code, rooms. */

import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import {
  type Block,
  blocksOf,
  placeOf,
  proseOf,
  readExamples,
  readPages,
} from "./documents/blocks.ts";
import { checkBlock } from "./documents/check_block.ts";
import { checkTypes, programsOf, runPrograms } from "./documents/programs.ts";
import { forgeProblem } from "./documents/shell.ts";

const ROOT = new URL("../", import.meta.url);

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

const pages = await readPages();

Deno.test("the README starts with the demo, the same with an own file, and the tests", async () => {
  const text = await read("README.md");
  const lines = text.split("\n").filter((line) => line.startsWith("npx -y "));
  assertEquals(lines.slice(0, 3), [
    "npx -y deno@2.9.6 task demo",
    "npx -y deno@2.9.6 task forge run --config forge.ron",
    "npx -y deno@2.9.6 task test",
  ]);
});

Deno.test("links between documents lead somewhere", async () => {
  const broken: string[] = [];
  for (const { path, text } of pages) {
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const url = new URL(target!, new URL(path, ROOT));
      await Deno.stat(url).catch(() => broken.push(`${path}: ${target}`));
    }
  }
  assertEquals(broken, []);
});

Deno.test("every block is in a language that is checked, and passes", async () => {
  const problems: string[] = [];
  for (const block of pages.flatMap(blocksOf)) {
    const found = await checkBlock(block);
    problems.push(...found.map((each) => `${placeOf(block)}: ${each}`));
  }
  assertEquals(problems, []);
});

Deno.test("every command that a sentence names is there, with its options", async () => {
  const problems: string[] = [];
  for (const page of pages) {
    for (
      const [code, line = ""] of proseOf(page).matchAll(/`forge ([^`]*)`/g)
    ) {
      const words = line.replace(/\s+/g, " ");
      const problem = await forgeProblem(words, { isMention: true });
      if (problem !== undefined) {
        problems.push(`${page.path}: ${code}: ${problem}`);
      }
    }
  }
  assertEquals(problems, []);
});

const commented = await readExamples();
const documented = pages.flatMap((page) => programsOf(blocksOf(page)));
const examples = programsOf(commented);

Deno.test("no program of a page or of a public name is left out", async () => {
  const report = await read("docs/api.md");
  const ignored = [
    // docs/api.md has declarations and no programs; a test of its own compares it.
    ...pages.filter(({ path }) => path !== "docs/api.md").flatMap(blocksOf),
    ...commented,
  ].filter(({ marks }) => marks.includes("ignore"));
  const problems: string[] = [];
  for (const block of ignored) {
    const name = await explainedBy(block);
    const declared = new RegExp(`\\b(?:function|class|const) ${name}\\b`);
    if (name === undefined || declared.test(report)) {
      problems.push(`${placeOf(block)}: ${name ?? "a page"}`);
    }
  }
  assertEquals(problems, []);
});

/** The name that is declared behind the comment of a block; pages have none. */
async function explainedBy({ path, line }: Block): Promise<string | undefined> {
  const rest = (await read(path)).split("\n").slice(line).join("\n");
  return /^export .*?(?:function|class|const) (\w+)/m.exec(rest)?.[1];
}

Deno.test("the programs of the pages and of the doc comments have the right types", async () => {
  assertGreater(documented.length, 3);
  assertGreater(examples.length, 30);
  assertEquals(await checkTypes([...documented, ...examples]), "");
});

Deno.test("the programs of the pages run, and print what the pages say", async () => {
  const programs = documented.filter(({ typesOnly }) => !typesOnly);
  const runs = await runPrograms(programs);
  assertEquals(runs.filter(({ failure }) => failure !== undefined), []);
  for (const [i, { output }] of programs.entries()) {
    if (output !== undefined) assertEquals(runs[i]?.output, output);
  }
});

Deno.test("the examples of the doc comments run", async () => {
  const programs = examples.filter(({ typesOnly }) => !typesOnly);
  const runs = await runPrograms(programs);
  assertEquals(runs.filter(({ failure }) => failure !== undefined), []);
});

Deno.test("the page on architecture names every room", async () => {
  const text = await read("docs/architecture.md");
  for await (
    const { name, isDirectory } of Deno.readDir(new URL("src/", ROOT))
  ) {
    if (isDirectory) assertStringIncludes(text, `| \`${name}\` `);
  }
});

// docs/guide-conformance.md

interface Row {
  readonly statement: string;
  readonly proof: string;
}

async function readRows(): Promise<Row[]> {
  const text = await read("docs/guide-conformance.md");
  return text.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, statement = "", proof = ""]) => ({ statement, proof }))
    .filter(({ proof }) => proof !== "test" && !/^-+$/.test(proof));
}

async function testNames(path: string): Promise<Set<string>> {
  const text = await read(path);
  const calls = /Deno\.test\(\s*(["`])((?:\\.|(?!\1)[^\\])*)\1/g;
  return new Set([...text.matchAll(calls)].map((call) => call[2]!));
}

Deno.test("every statement of the guide names tests, and they exist", async () => {
  const rows = await readRows();
  assertGreater(rows.length, 50);
  const missing: string[] = [];
  const known = new Map<string, Set<string>>();
  for (const { statement, proof } of rows) {
    if (proof === "advice") continue;
    for (const each of proof.split("<br>")) {
      const match = /^`([^`]+)`: (.+)$/.exec(each.trim());
      if (match === null) {
        missing.push(`${statement}: cannot read ${JSON.stringify(each)}`);
        continue;
      }
      const [, path = "", name = ""] = match;
      if (!known.has(path)) known.set(path, await testNames(path));
      if (!known.get(path)?.has(name)) missing.push(`${path}: ${name}`);
    }
  }
  assertEquals(missing, []);
});
