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

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
  });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

/** Asks without showing what is typed. */
async function askSecret(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const { Writable } = await import("node:stream");
  process.stderr.write(question);
  const lines = createInterface({
    input: process.stdin,
    // What is typed is echoed here, and goes nowhere.
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
  });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

/** Runs the command with the arguments, streams and signals of this process. */
export async function runProcess(): Promise<void> {
  const interrupt = new AbortController();
  // One listener: Deno calls one that is added by another for the same signal.
  process.on("SIGINT", () => {
    // A second Ctrl-C does not wait for anything.
    if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interrupt.abort(new DOMException("Interrupted", "AbortError"));
  });
  const color = process.stderr.isTTY === true && !platform.noColor();
  process.exitCode = await main(process.argv.slice(2), {
    platform,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    signal: interrupt.signal,
    color,
    entry: import.meta.url,
    ...(process.stdin.isTTY === true ? { ask, askSecret } : {}),
  });
}

if (import.meta.main) {
  // Not awaited, so that require() of Node takes this module as well.
  void runProcess().then(() => process.exit());
}
