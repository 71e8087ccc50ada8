/** What the documents say is so: commands, links, code, rooms. */

import {
  assert,
  assertEquals,
  assertGreater,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl } from "@std/path";

const ROOT = new URL("../", import.meta.url);

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

async function documents(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) names.push(`docs/${name}`);
  }
  return ["README.md", "CONTRIBUTING.md", ...names.sort()];
}

Deno.test("the README starts with the demo, the same with an own file, and the tests", async () => {
  const text = await read("README.md");
  const lines = text.split("\n").filter((line) => line.startsWith("npx -y "));
  assertEquals(lines.slice(0, 3), [
    "npx -y deno@2.9.6 task demo",
    "npx -y deno@2.9.6 task forge run --config forge.ron",
    "npx -y deno@2.9.6 task test",
  ]);
  const { tasks } = JSON.parse(await read("deno.json"));
  for (const [, task] of text.matchAll(/ task ([a-z:]+)/g)) {
    assert(Object.hasOwn(tasks, task!), `deno.json has no task ${task}`);
  }
});

Deno.test("links between documents lead somewhere", async () => {
  const broken: string[] = [];
  for (const path of await documents()) {
    const text = await read(path);
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const url = new URL(target!, new URL(path, ROOT));
      await Deno.stat(url).catch(() => broken.push(`${path}: ${target}`));
    }
  }
  assertEquals(broken, []);
});

Deno.test("the code in the README has the right types", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    cwd: fromFileUrl(ROOT),
    args: ["run", "-A", "scripts/with_jsr.ts", "check", "--doc-only"]
      .concat("README.md"),
    env: { NO_COLOR: "1" },
  });
  const { success, stderr } = await child.output();
  const text = new TextDecoder().decode(stderr);
  assertEquals(success, true, text);
  assertStringIncludes(await read("README.md"), "\n```ts\nimport {");
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
