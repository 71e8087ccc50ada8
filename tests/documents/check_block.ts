/**
 * What each kind of block must be.
 *
 * @module
 */

import { checkConfig } from "../../src/config/mod.ts";
import { parseRon } from "../../src/ron/mod.ts";
import type { Block } from "./blocks.ts";
import { checkShell } from "./shell.ts";

/** Findings that an example of a configuration may have: its tags are short. */
const TOLERATED = new Set(["MutableTag"]);

type Check = (block: Block) => Promise<readonly string[]> | readonly string[];

/** Languages and their checks; programs are checked elsewhere, all together. */
const CHECKS: Readonly<Record<string, Check>> = {
  js: () => [],
  json: ({ text }) => complaintOf(() => JSON.parse(text)),
  mermaid: ({ text }) => checkMermaid(text),
  ron: (block) => checkRon(block),
  sh: ({ text }) => checkShell(text),
  text: () => [],
  ts: () => [],
  yaml: ({ text }) => checkYaml(text),
};

/** Looks at one block; returns what is wrong. */
export async function checkBlock(block: Block): Promise<readonly string[]> {
  const check = CHECKS[block.language];
  if (check !== undefined) return await check(block);
  return [
    `"${block.language}" is not a language that is checked: use ${
      Object.keys(CHECKS).join(", ")
    }`,
  ];
}

function complaintOf(look: () => unknown): readonly string[] {
  try {
    look();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** A configuration as `forge check` would have it; `ron value` is any RON. */
async function checkRon({ text, marks }: Block): Promise<readonly string[]> {
  if (marks.includes("value")) return complaintOf(() => parseRon(text));
  const { findings } = await checkConfig(text);
  return findings.filter(({ code }) => !TOLERATED.has(code))
    .map(({ code, message, line }) => `line ${line}: ${code}: ${message}`);
}

/** Its indentation, and the command lines in it. */
async function checkYaml(text: string): Promise<readonly string[]> {
  const wrong = text.trimEnd().split("\n")
    .filter((line) => line !== "" && !/^(?: {2})*(?:- )?\S/.test(line));
  const folded = text.replace(/\n {10}(?=\S)/g, " ");
  const commands = [...folded.matchAll(/^\s*(?:- )?run: (?:>-)?(.*)$/gm)]
    .map(([, command = ""]) => command);
  return [
    ...wrong.map((line) => `wrong indentation: ${line}`),
    ...await checkShell(commands.join("\n")),
  ];
}

/** A flow chart of nodes and arrows, which is all that is used. */
function checkMermaid(text: string): readonly string[] {
  const [first = "", ...lines] = text.trimEnd().split("\n");
  const arrow =
    /^ {2}[\w.]+(?:[[{(].*[\])}])? (?:-->(?:\|[^|]+\|)?|-\.->|-- \w+ -->) [\w.-]+(?:[[{(].*[\])}])?$/;
  return [
    ...(/^flowchart (?:LR|TD)$/.test(first) ? [] : [`not a chart: ${first}`]),
    ...lines.filter((line) => !arrow.test(line))
      .map((line) => `not an arrow: ${line}`),
  ];
}
