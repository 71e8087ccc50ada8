/**
 * Running programs: those of others, and `forge` itself in a process of its own.
 *
 * @module
 */

import { fail } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { RunDocument } from "../cli/workspace.ts";
import { pathOf, type Tool } from "./tools.ts";

const RUNNER = fromFileUrl(
  new URL("../../scripts/with_jsr.ts", import.meta.url),
);
const CLI = fromFileUrl(new URL("../../src/cli/main.ts", import.meta.url));

/** Options of {@linkcode runTool}. */
export interface RunToolOptions {
  /** The directory to run in. */
  readonly cwd?: string;
  /** Environment variables to add. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a process of `forge` did. */
export interface ForgeProcess {
  /** Its exit status. */
  readonly status: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
  /** Standard output as JSON. */
  readonly json: () => RunDocument;
}

/** Runs a tool that must succeed, and returns its standard output. */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<string> {
  const { status, out, err } = await run(pathOf(tool), args, options);
  if (status !== 0) {
    fail(`${tool.name} ${args.join(" ")} ended with ${status}: ${err}`);
  }
  return out;
}

/** Runs `forge` as a person does: a process in a directory. */
export async function runForge(
  directory: string,
  ...args: readonly string[]
): Promise<ForgeProcess> {
  const forge = ["run", "-A", RUNNER, "run", "-A", CLI, ...args];
  const done = await run(Deno.execPath(), forge, { cwd: directory });
  return { ...done, json: () => JSON.parse(done.out) };
}

async function run(
  path: string,
  args: readonly string[],
  options: RunToolOptions,
): Promise<{ status: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(path, {
    args: [...args],
    ...options,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    status: code,
    out: decoder.decode(stdout),
    err: decoder.decode(stderr),
  };
}
