/**
 * Errors and warnings as people see them: what, where, why, what next.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, type Io } from "./io.ts";

const USAGE_CODES: ReadonlySet<string> = new Set([
  "CONFIG_INVALID",
  "CONFIG_NOT_FOUND",
  "CONFIG_SYNTAX",
  "CONFIG_UNREADABLE",
  "EXTENSION_NOT_FOUND",
  "DIGEST_INVALID",
  "REFERENCE_INVALID",
  "USAGE",
]);

/** Says what went wrong; returns the exit status that goes with it. */
export function reportProblem(io: Io, problem: unknown): number {
  if (io.signal.aborted && problem === io.signal.reason) {
    io.err(paint(io, "31", "error") + ": interrupted\n");
    return EXIT_INTERRUPTED;
  }
  printError(io, problem);
  return problem instanceof ForgeError && USAGE_CODES.has(problem.code)
    ? EXIT_USAGE
    : EXIT_FAILED;
}

/** Prints one error with its hint, without a stack trace. */
export function printError(io: Io, problem: unknown, subject?: string): void {
  const about = subject === undefined ? "" : `${subject}: `;
  if (problem instanceof ForgeError) {
    io.err(`${paint(io, "31", "error")}: ${about}${problem.message}\n`);
    printHint(io, problem.hint);
    return;
  }
  const text = problem instanceof Error ? problem.message : String(problem);
  io.err(`${paint(io, "31", "error")}: ${about}${text}\n`);
}

/** Prints one warning with its hint. */
export function printWarning(io: Io, message: string, hint?: string): void {
  io.err(`${paint(io, "33", "warning")}: ${message}\n`);
  printHint(io, hint);
}

function printHint(io: Io, hint: string | undefined): void {
  if (hint !== undefined) io.err(`  ${paint(io, "36", "hint")}: ${hint}\n`);
}

function paint(io: Io, code: string, text: string): string {
  return io.color ? `\x1b[${code}m${text}\x1b[0m` : text;
}
