/** What docs/permissions.md tells people to write is understood, and works. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArguments } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { parseConfig } from "../../src/config/mod.ts";
import { WELL_KNOWN_REGISTRIES } from "../../src/permissions/mod.ts";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { runForge } from "./real_process.ts";

const TEXT = await Deno.readTextFile(
  new URL("../../docs/permissions.md", import.meta.url),
);

/** The fenced blocks of one language. */
function blocks(language: string): readonly string[] {
  const fence = new RegExp("```" + language + "\\n([^]*?)```", "g");
  return [...TEXT.matchAll(fence)].map(([, block = ""]) => block);
}

Deno.test("every forge.ron and deno.json of the page can be read", () => {
  const configs = blocks("ron").map((text) => parseConfig(text));
  assertEquals(configs.length, 2);
  assertEquals(configs.flatMap(({ warnings }) => warnings), []);
  const sets = blocks("json").map((text) => JSON.parse(text));
  assertEquals(sets.map(({ permissions }) => Object.keys(permissions)), [
    ["forge"],
  ]);
});

Deno.test("the workflow is indented as YAML wants it", () => {
  const [workflow = "", ...others] = blocks("yaml");
  assertEquals(others, []);
  for (const line of workflow.trimEnd().split("\n")) {
    assert(/^(?: {2})*(?:- )?\S/.test(line) && !line.includes("\t"), line);
  }
});

Deno.test("every command line of the page is one that forge takes", async () => {
  const code = [...blocks("sh"), ...blocks("yaml")].join("\n")
    .replaceAll(/\\\n/g, " ").replaceAll(/\n\s+(?=jsr:|--)/g, " ")
    // It names the command that it makes, and calls none.
    .replaceAll(/^deno install .*$/gm, "");
  const lines = [
    ...code.matchAll(
      /(?:forge\/cli|@forgepoint\/forge|(?<![=\w/])forge) ([a-z][^)\n]*)/g,
    ),
  ].map(([, line = ""]) => line.trim().split(/\s+/));
  assert(lines.length >= 8, String(lines.length));
  for (const [word, ...rest] of lines) {
    const entry = COMMANDS.find(({ name }) => name === word);
    assert(entry !== undefined, word);
    readArguments(await entry.load(), rest);
  }
});

Deno.test("the table of the page has every companion", () => {
  for (const { companions } of WELL_KNOWN_REGISTRIES) {
    for (const { host } of companions) {
      const name = host.replace(":443", "").replaceAll("$1", "REGION");
      assertStringIncludes(TEXT, `\`${name}\``);
    }
  }
});

Deno.test("the offline second stage of the recipes runs without a network", async () => {
  const flags =
    /--deny-net[\s\\]+(--allow-read=\S+) (--allow-write=\S+)[\s\\]+(--allow-env=\S+)/g;
  const given = [...TEXT.matchAll(flags)].map(([, ...each]) => each);
  assertEquals(given.length, 2);
  assertEquals(given[0], given[1]);
  await using work = await openWorkspace();
  {
    await using registry = await startRegistry();
    await pushWasm(registry, "acme/tracker", "v1", await fixture("tracker"));
    const oci = ociEntry(registry, "tracker", "v1");
    await work.write("forge.ron", forgeRon({ oci }));
    assertEquals((await runForge(["pull"], { cwd: work.root })).status, 0);
  }
  const { status, out, err } = await runForge(["run", "--offline", "--json"], {
    cwd: work.root,
    flags: ["--deny-net", ...(given[0] ?? []).map(String)],
  });
  assertEquals(status, 0, err);
  assertEquals(JSON.parse(out).sandbox, "inherited");
});
