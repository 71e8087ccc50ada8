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
import { EXIT_INTERRUPTED } from "./io.ts";

export { main } from "./dispatch.ts";
export type { Io } from "./io.ts";

/** Runs the command with the arguments, streams and signals of this process. */
export async function runProcess(): Promise<void> {
  const interrupt = new AbortController();
  // One listener: Deno calls one that is added by another for the same signal.
  const onInterrupt = () => {
    // A second Ctrl-C does not wait for anything.
    if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interrupt.abort(new DOMException("Interrupted", "AbortError"));
  };
  process.on("SIGINT", onInterrupt);
  const ask = async (question: string, isSecret: boolean) => {
    const { askOnTerminal } = await import("./questions.ts");
    const { signal } = interrupt;
    return await askOnTerminal(question, { signal, onInterrupt, isSecret });
  };
  const color = process.stderr.isTTY === true && !platform.noColor();
  process.exitCode = await main(process.argv.slice(2), {
    platform,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    signal: interrupt.signal,
    color,
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
