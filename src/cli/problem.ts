/**
 * Errors and warnings as people see them: what, where, why, what next.
 *
 * @module
 */

import { ConfigError } from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, type Io } from "./io.ts";
import { wrap } from "./help.ts";
import { withoutControls } from "./plain_text.ts";

/** Columns below which broken lines are harder to read than the terminal's own. */
const MIN_WRAPPED = 20;

const USAGE_CODES: ReadonlySet<string> = new Set([
  "CONFIG_INVALID",
  "CONFIG_NOT_FOUND",
  "CONFIG_SYNTAX",
  "CONFIG_UNREADABLE",
  "EXTENSION_NOT_FOUND",
  "DIGEST_INVALID",
  "LOCK_CONFLICT",
  "LOCK_INVALID",
  "LOCK_NOT_FOUND",
  "LOCK_UNREADABLE",
  "LOCK_VERSION_UNSUPPORTED",
  "REFERENCE_INVALID",
  "USAGE",
]);

/**
 * Says what went wrong; returns the exit status that goes with it.
 *
 * @param json What the document on standard output has beside `ok` and
 * `error`, where one was asked for.
 */
export function reportProblem(
  io: Io,
  cause: unknown,
  json?: Readonly<Record<string, unknown>>,
): number {
  const problem = explained(cause);
  const interrupted = io.signal.aborted && problem === io.signal.reason;
  if (json !== undefined) io.out(problemJson(problem, json));
  if (interrupted) {
    io.err(paint(io, "31", "error") + ": interrupted\n");
    return EXIT_INTERRUPTED;
  }
  printError(io, problem);
  return problem instanceof ForgeError && USAGE_CODES.has(problem.code)
    ? EXIT_USAGE
    : EXIT_FAILED;
}

/** What the runtime refused and nobody below has named. */
function explained(problem: unknown): unknown {
  if (!(problem instanceof Error) || problem.name !== "NotCapable") {
    return problem;
  }
  // Deno's documentation, "Permissions": some paths have a permission of none.
  const isOfSystem = problem.message.includes("all access");
  return new ForgeError(
    "PERMISSION_DENIED",
    `Cannot go on without a permission: ${problem.message}`,
    {
      hint: isOfSystem
        ? "Move the project out of /dev, /proc and /sys, which Deno keeps from sandboxes, or add --no-sandbox"
        : "Run forge permissions for the flags that forge.ron asks for",
      cause: problem,
    },
  );
}

/** Prints one error with its hint, without a stack trace. */
export function printError(io: Io, problem: unknown, subject?: string): void {
  const about = subject === undefined ? "" : `${subject}: `;
  if (problem instanceof ForgeError) {
    const message = withoutControls(problem.message);
    printLabelled(io, ["31", "error"], about + message);
    // The frames have the hints of all findings beside their places.
    if (problem instanceof ConfigError && problem.diagnostics.length > 0) {
      io.err(`\n${problem.format({ color: io.color })}\n`);
    } else printHint(io, problem.hint);
    return;
  }
  const text = withoutControls(textOf(problem));
  printLabelled(io, ["31", "error"], about + text);
}

/** The one JSON document of a command that could not do its work. */
export function problemJson(
  problem: unknown,
  rest: Readonly<Record<string, unknown>>,
): string {
  const error = problem instanceof ForgeError
    ? { code: problem.code, message: problem.message, hint: problem.hint }
    : { code: nameOf(problem), message: textOf(problem) };
  return JSON.stringify({ ...rest, ok: false, error }, null, 2) + "\n";
}

function nameOf(problem: unknown): string {
  const isAbort = problem instanceof Error && problem.name === "AbortError";
  return isAbort ? "INTERRUPTED" : "UNEXPECTED";
}

function textOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}

/** Prints one warning with its hint. */
export function printWarning(io: Io, message: string, hint?: string): void {
  printLabelled(io, ["33", "warning"], withoutControls(message));
  printHint(io, hint);
}

function printHint(io: Io, hint: string | undefined): void {
  if (hint === undefined) return;
  printLabelled(io, ["36", "hint"], withoutControls(hint), "  ");
}

/** On a terminal, lines end between words and go on below the text. */
function printLabelled(
  io: Io,
  [color, label]: readonly [color: string, label: string],
  text: string,
  margin = "",
): void {
  const start = `${margin}${label}: `;
  const width = (io.terminal?.columns() ?? Infinity) - start.length;
  const lines = text.split("\n").flatMap((line) =>
    width < MIN_WRAPPED ? [line] : wrap(line, width)
  );
  const below = `\n${" ".repeat(start.length)}`;
  io.err(`${margin}${paint(io, color, label)}: ${lines.join(below)}\n`);
}

function paint(io: Io, code: string, text: string): string {
  return io.color ? `\x1b[${code}m${text}\x1b[0m` : text;
}
