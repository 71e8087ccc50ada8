/**
 * Threads and processes that a program starts of itself, and the words they
 * exchange, through modules of Node that Deno has, too.
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parentPort, Worker } from "node:worker_threads";
import { createFrameReader, encodeFrame } from "./frames.ts";
import type { RemoteHost, RemoteHostOptions, RemoteParent } from "./types.ts";

/** Characters of what a process complained of that an error repeats. */
const MAX_COMPLAINT_LENGTH = 2000;

/** What an object is that is nothing else. */
const PLAIN = "[object Object]";

/** Starts a thread. */
export function startWorker(options: RemoteHostOptions): RemoteHost {
  const { entry, onMessage, onEnd } = options;
  const worker = new Worker(entry);
  const end = once(onEnd);
  worker.on("message", onMessage);
  worker.on("error", (error) => end(textOf(error)));
  worker.on("exit", (code) => end(`its thread ended with ${code}`));
  return {
    post: (message) => worker.postMessage(viewsAsBuffers(message)),
    hold: (isHeld) => isHeld ? worker.ref() : worker.unref(),
    kill: () => void worker.terminate(),
  };
}

/** A program and its arguments, for {@linkcode startProcess}. */
export interface ProcessCommand {
  /** Path of the program. */
  readonly program: string;
  /** Arguments before the module to run. */
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a process. */
export function startProcess(
  { program, args, env }: ProcessCommand,
  { entry, onMessage, onEnd }: RemoteHostOptions,
): RemoteHost {
  const main = entry.protocol === "file:" ? fileURLToPath(entry) : entry.href;
  const child = spawn(program, [...args, main], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...env },
    windowsHide: true,
  });
  const end = once(onEnd);
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-MAX_COMPLAINT_LENGTH);
  });
  // Whoever is gone does not read; the end is told of below.
  child.stdin.on("error", () => {});
  child.stdout.on("data", createFrameReader(onMessage));
  child.on("error", (error) => end(textOf(error)));
  child.on("close", (code, signal) => {
    const how = `its process ended with ${signal ?? code}`;
    end(complaint.trim() === "" ? how : `${how}: ${complaint.trim()}`);
  });
  const all = [child, child.stdin, child.stdout, child.stderr];
  return {
    post: (message) => void child.stdin.write(encodeFrame(message)),
    hold(isHeld) {
      for (const each of all as readonly Holdable[]) {
        if (isHeld) each.ref?.();
        else each.unref?.();
      }
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Sockets and processes; the types do not say so of streams. */
interface Holdable {
  readonly ref?: () => void;
  readonly unref?: () => void;
}

/** The way back from a thread or process to who has started it. */
export function openParent(): RemoteParent {
  if (parentPort !== null) {
    const port = parentPort;
    return {
      post: (message) => port.postMessage(message),
      listen: (onMessage) =>
        void port.on(
          "message",
          (message) => onMessage(buffersAsViews(message)),
        ),
    };
  }
  return {
    post: (message) => void process.stdout.write(encodeFrame(message)),
    listen(onMessage) {
      process.stdin.on("data", createFrameReader(onMessage));
      // Nobody is left to work for.
      process.stdin.on("end", () => process.exit());
    },
  };
}

/**
 * Bytes as their memory: Deno looks at each byte of a view that is posted to a
 * thread, which takes seconds for a module of ten MiB.
 */
const viewsAsBuffers = (message: unknown): unknown =>
  withBytes(
    message,
    (value) => value instanceof Uint8Array ? value.slice().buffer : value,
  );

const buffersAsViews = (message: unknown): unknown =>
  withBytes(
    message,
    (value) => value instanceof ArrayBuffer ? new Uint8Array(value) : value,
  );

/** Words are objects, and the bytes in them lie no deeper than in `message.spec.program.bytes`. */
function withBytes(
  message: unknown,
  replace: (value: unknown) => unknown,
  depth = 3,
): unknown {
  if (depth === 0 || Object.prototype.toString.call(message) !== PLAIN) {
    return message;
  }
  return Object.fromEntries(
    Object.entries(message as object).map(([name, value]) => [
      name,
      withBytes(replace(value), replace, depth - 1),
    ]),
  );
}

function once(onEnd: (reason: string) => void): (reason: string) => void {
  let isOver = false;
  return (reason) => {
    if (isOver) return;
    isOver = true;
    onEnd(reason);
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
