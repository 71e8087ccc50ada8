/**
 * The command lines of the documents: whether what they call is there.
 *
 * @module
 */

import { readArguments } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import denoJson from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** Programs of others that the documents call; their arguments are not looked at. */
const PROGRAMS = new Set([
  ...["cd", "curl", "docker", "echo", "export", "git", "go", "node", "set"],
  ...["npm", "skopeo", "oras", "crane", "sudo", "mkdir", "unshare", "test"],
  ...["cosign", "openssl", "tar", "cp"],
]);

/** Ways to call the command that is in this repository. */
const FORGE =
  /^(?:(?:npx (?:--offline |-y )*)?(?:@forgepoint\/forge|forge)|deno run .*?jsr:@forgepoint\/forge\/cli|(?:npx -y deno@[\d.]+|deno) task forge)(?= |$)(.*)$/;

/** Ways to run a task of `deno.json`. */
const TASK = /^(?:npx -y deno@[\d.]+|deno) task ([\w:-]+)/;

/**
 * Looks at a script.
 *
 * @returns What is wrong, line by line.
 */
export async function checkShell(text: string): Promise<readonly string[]> {
  const joined = text.replace(/\s*\\\n\s*/g, " ");
  const problems: string[] = [];
  for (const line of joined.split("\n")) {
    const bare = line.replace(/(^|\s)#.*$/, "").replace(/^\$ /, "").trim();
    for (const each of commandsIn(bare)) {
      const problem = await problemOf(each);
      if (problem !== undefined) problems.push(`${each}: ${problem}`);
    }
  }
  return problems;
}

/** The commands of a line: those in `$(...)`, of a pipe, in a row. */
function commandsIn(line: string): readonly string[] {
  const inner = [...line.matchAll(/\$\(([^()]*)\)/g)]
    .map(([, each = ""]) => each);
  const outer = line.replace(/\$\([^()]*\)/g, "SUBSTITUTED");
  return [...inner, ...outer.split(/\s*(?:&&|\|\||[|;&])\s*/)]
    .map((each) => each.replace(/\s*>+\s*\S+$/, ""))
    .map((each) => each.replace(/^(?:[A-Z_]+=\S*\s+)+/, "").trim())
    .filter((each) => each !== "");
}

async function problemOf(command: string): Promise<string | undefined> {
  const [program = ""] = command.split(" ");
  // A program that starts another: what it starts is what matters.
  const started = /^(?:sudo|unshare) .*?\b(npx .*)$/.exec(command)?.[1];
  if (started !== undefined) return await problemOf(started);
  const forge = FORGE.exec(command);
  if (forge !== null) return await forgeProblem((forge[1] ?? "").trim());
  const task = TASK.exec(command)?.[1];
  if (task !== undefined) {
    return Object.hasOwn(denoJson.tasks, task) ? undefined : "no such task";
  }
  const deno = /^(?:npx -y deno@[\d.]+|deno) (.*)$/.exec(command)?.[1];
  if (deno !== undefined) return await denoProblem(`deno ${deno}`);
  return PROGRAMS.has(program) || /^\.\/\w/.test(program)
    ? undefined
    : "nobody knows this program";
}

/** Options of {@linkcode forgeProblem}. */
export interface ForgeProblemOptions {
  /** Whether operands may be left out, as in a sentence. */
  readonly isMention?: boolean;
}

/** Reads a command line of `forge` as the command itself would. */
export async function forgeProblem(
  line: string,
  { isMention = false }: ForgeProblemOptions = {},
): Promise<string | undefined> {
  const [word = "", ...rest] = wordsOf(line);
  if (/^(?:|--help|-h|--version|-V|COMMAND|help)$/.test(word)) {
    return undefined;
  }
  const entry = COMMANDS.find(({ name }) => name === word);
  if (entry === undefined) return "no such command";
  if (rest.includes("--help")) return undefined;
  try {
    const command = await entry.load();
    const arity = isMention ? { min: 0, max: Infinity } : command.arity;
    readArguments({ ...command, arity }, rest);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, bare]) => single ?? double ?? bare ?? "");
}

/** The files of the repository that it runs must be there. */
async function denoProblem(command: string): Promise<string | undefined> {
  for (const [path] of command.matchAll(/\b(?:scripts|src|tests)\/\S+/g)) {
    const found = await Deno.stat(new URL(path, ROOT)).catch(() => undefined);
    if (found === undefined) return `there is no ${path}`;
  }
  return /^deno (?:run|test|check|fmt|lint|add|compile|install)\b/
      .test(command)
    ? undefined
    : "no such use of deno is known";
}
