/**
 * Real processes of `forge` that can be killed at any moment.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { restartFlags } from "../permissions/real_process.ts";

const CLI = fromFileUrl(new URL("../../src/cli/main.ts", import.meta.url));

/** Which of the processes of a command a signal goes to. */
export type Target =
  /** All of them at once, as a terminal or a power cut does it. */
  | "group"
  /** The one that was started; the sandboxed one lives on without it. */
  | "first"
  /** The sandboxed one; whoever waits for it lives on. */
  | "second";

/** What became of a process. */
export interface Ending {
  /** Its exit status; 128 + N after signal N. */
  readonly status: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it and those that it started wrote to standard error. */
  readonly err: string;
}

/** A running command. */
export interface Puller {
  /** Sends a signal; false when there was nobody to get it. */
  readonly signal: (name: Deno.Signal, target: Target) => boolean;
  /** Resolves when all processes of the command are gone. */
  readonly ended: Promise<Ending>;
}

/** Options of {@linkcode startForge}. */
export interface StartForgeOptions {
  /** The working directory. */
  readonly cwd: string;
  /** Called with each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Starts `forge` in a process group of its own. */
export function startForge(
  args: readonly string[],
  { cwd, onLine = () => {} }: StartForgeOptions,
): Puller {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...restartFlags(), CLI, ...args],
    cwd,
    env: { NO_COLOR: "1" },
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const out = new Response(child.stdout).text();
  const err = readLines(child.stderr, onLine);
  return {
    signal: (name, target) => send(child.pid, name, target),
    ended: (async () => {
      // The pipes end when the last process that holds them does.
      const [{ code }, ...texts] = await Promise.all([child.status, out, err]);
      return { status: code, out: texts[0], err: texts[1] };
    })(),
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<string> {
  let text = "";
  let told = 0;
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf("\n", told); end >= 0;) {
      onLine(text.slice(told, end));
      told = end + 1;
      end = text.indexOf("\n", told);
    }
  }
  return text;
}

function send(pid: number, name: Deno.Signal, target: Target): boolean {
  try {
    if (target === "group") Deno.kill(-pid, name);
    else if (target === "first") Deno.kill(pid, name);
    else {
      const [second] = childrenOf(pid);
      if (second === undefined) return false;
      Deno.kill(second, name);
    }
    return true;
  } catch (error) {
    // It was faster than the signal; an ended process without a parent's wait counts as gone.
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Linux tells by thread who was started. */
function childrenOf(pid: number): readonly number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`)
      .split(" ").filter((child) => child.trim() !== "").map(Number)
  );
}
