/**
 * Asking the person at the terminal.
 *
 * @module
 */

import process from "node:process";

/** What a question needs. */
export interface AskOptions {
  /** Stops the wait for an answer. */
  readonly signal: AbortSignal;
  /** Called for Ctrl-C, which the terminal keeps to itself while it is asked. */
  readonly onInterrupt: () => void;
  /** Whether what is typed stays unseen. */
  readonly isSecret?: boolean;
}

/**
 * Asks a question on standard error.
 *
 * @returns One line; an empty one when the input ends before.
 * @throws `signal.reason` when aborted, by Ctrl-C too.
 */
export async function askOnTerminal(
  question: string,
  { signal, onInterrupt, isSecret = false }: AskOptions,
): Promise<string> {
  signal.throwIfAborted();
  const { createInterface } = await import("node:readline");
  const { Writable } = await import("node:stream");
  if (isSecret) process.stderr.write(question);
  const lines = createInterface({
    input: process.stdin,
    // What is typed is echoed here: where it is secret, it goes nowhere.
    output: isSecret
      ? new Writable({ write: (_chunk, _encoding, done) => done() })
      : process.stderr,
    terminal: true,
  });
  lines.on("SIGINT", onInterrupt);
  const { promise, resolve, reject } = settlement<string>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  lines.once("close", () => resolve(""));
  lines.question(isSecret ? "" : question, resolve);
  let isAnswered = false;
  try {
    const answer = await promise;
    isAnswered = true;
    return answer;
  } finally {
    signal.removeEventListener("abort", abort);
    lines.close();
    // The line that was typed on ends nowhere else.
    if (isSecret || !isAnswered) process.stderr.write("\n");
  }
}

/** Promise.withResolvers, which Node 20 does not have. */
function settlement<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
