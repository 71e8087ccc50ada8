/**
 * The command `forge`.
 *
 * ```sh
 * deno run -A jsr:@forgepoint/forge/cli run
 * ```
 *
 * Importing this module does nothing; run as the main module it reads the
 * arguments of the process.
 *
 * @module
 */

import process from "node:process";
import { platform } from "../platform/deno.ts";
import { main } from "./dispatch.ts";
import {
  EXIT_INTERRUPTED,
  isSecondStage,
  SECOND_STAGE,
  type Terminal,
} from "./io.ts";
import {
  type Manner,
  MANNER_VARIABLES,
  mannerOf,
  parseManner,
} from "./terminal.ts";

export { main } from "./dispatch.ts";
export type { Io, Terminal } from "./io.ts";

/** Sizes that every terminal has had, where nobody says. */
const terminal: Terminal = {
  columns: () => process.stderr.columns || 80,
  rows: () => process.stderr.rows || 24,
};

/** What the first process concluded, or what is concluded here. */
async function readManner(first: string | undefined): Promise<Manner> {
  if (isSecondStage(first)) {
    return parseManner(first?.slice(SECOND_STAGE.length + 1) ?? "");
  }
  const variables: Record<string, string | undefined> = {};
  for (const name of MANNER_VARIABLES) {
    // Where it may not be read, nobody is asked: it is not worth a question.
    const mayRead = await platform.sandbox?.isGranted("env", name) ?? true;
    if (mayRead) variables[name] = platform.env(name);
  }
  return mannerOf(process.stderr, platform.noColor(), variables);
}

/** How often the second process looks whether the first is still there. */
const LOOK_FOR_FIRST_MS = 1_000;

/** Whoever is killed cannot end what it started: that notices, and gives up itself. */
function onOrphaned(giveUp: () => void): void {
  const first = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === first) return;
    clearInterval(timer);
    giveUp();
  }, LOOK_FOR_FIRST_MS);
  timer.unref();
}

/**
 * Runs the command with the arguments, streams and signals of this process: the
 * exit status is `process.exitCode`. To be called once, by the main module of a
 * program that is `forge` itself; {@linkcode main} is for all others.
 *
 * @example
 * ```ts types
 * import process from "node:process";
 * import { runProcess } from "@forgepoint/forge/cli";
 *
 * await runProcess();
 * process.exit();
 * ```
 */
export async function runProcess(): Promise<void> {
  const interrupt = new AbortController();
  // One listener: Deno calls one that is added by another for the same signal.
  const onInterrupt = () => {
    // A second Ctrl-C does not wait for anything.
    if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interrupt.abort(new DOMException("Interrupted", "AbortError"));
  };
  process.on("SIGINT", onInterrupt);
  // Nothing hears of Ctrl-C while an extension computes: the system ends it all.
  const whileBusy = <T>(work: () => T): T => {
    process.off("SIGINT", onInterrupt);
    try {
      return work();
    } finally {
      process.on("SIGINT", onInterrupt);
    }
  };
  const ask = async (question: string, isSecret: boolean) => {
    const { askOnTerminal } = await import("./questions.ts");
    const { signal } = interrupt;
    return await askOnTerminal(question, { signal, onInterrupt, isSecret });
  };
  const args = process.argv.slice(2);
  if (isSecondStage(args[0])) onOrphaned(onInterrupt);
  const { color, redraws } = await readManner(args[0]);
  process.exitCode = await main(args, {
    platform,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async input() {
      const { readStandardInput } = await import("./standard_input.ts");
      return await readStandardInput(process.stdin, interrupt.signal);
    },
    signal: interrupt.signal,
    // The first process gives the second one time to clean up.
    ...(isSecondStage(args[0]) ? {} : { whileBusy }),
    color,
    ...(redraws ? { terminal } : {}),
    entry: import.meta.url,
    ...(process.stdout.isTTY === true && process.stdout.columns > 0
      ? { columns: process.stdout.columns }
      : {}),
    ...(process.stdin.isTTY === true
      ? {
        ask: (question: string) => ask(question, false),
        askSecret: (question: string) => ask(question, true),
      }
      : {}),
  });
}

if (import.meta.main) {
  // Not awaited, so that require() of Node takes this module as well.
  void runProcess().then(() => process.exit());
}
