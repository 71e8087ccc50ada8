/**
 * What the doctor says: one line for each thing that was looked at.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import { wrap } from "../help.ts";
import { withoutControls } from "../plain_text.ts";

/** How something is; `skipped` was not looked at. */
export type Status = "ok" | "warning" | "problem" | "skipped";

/** What was looked at. */
export type Area =
  | "runtime"
  | "permissions"
  | "configuration"
  | "variables"
  | "credentials"
  | "registry"
  | "clock"
  | "cache"
  | "data"
  | "lock";

/** One thing that was looked at. */
export interface Line {
  /** Which part. */
  readonly area: Area;
  /** How it is. */
  readonly status: Status;
  /** What was found; never a credential. */
  readonly message: string;
  /** What to do next, where there is something to do. */
  readonly hint?: string | undefined;
}

/** A line for a failure, with the hint that it brings. */
export function lineOf(area: Area, error: unknown): Line {
  const status = "problem";
  if (error instanceof ForgeError) {
    const { message, hint } = error;
    return { area, status, message, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { area, status, message };
}

/** Where it is not for a terminal. */
const DEFAULT_WIDTH = 80;
/** Longer lines are hard to read. */
const MAX_WIDTH = 120;
const STATUS_WIDTH = 9;
const AREA_WIDTH = 15;

/** The lines for people, what to do next below each. */
export function formatLines(
  lines: readonly Line[],
  columns: number = DEFAULT_WIDTH,
): string {
  const width = Math.min(columns, MAX_WIDTH) - STATUS_WIDTH - AREA_WIDTH;
  const wrapped = (text: string): readonly string[] =>
    wrap(withoutControls(text).replace(/\s+/g, " "), width);
  const margin = " ".repeat(STATUS_WIDTH + AREA_WIDTH);
  const text = lines.map(({ area, status, message, hint }) => {
    const start = status.padEnd(STATUS_WIDTH) + area.padEnd(AREA_WIDTH);
    const below = hint === undefined ? [] : wrapped(`Next: ${hint}`);
    const [first = "", ...more] = [...wrapped(message), ...below];
    return [start + first, ...more.map((line) => margin + line)].join("\n");
  }).join("\n");
  return `${text}\n\n${summary(lines)}\n`;
}

function summary(lines: readonly Line[]): string {
  const count = (wanted: Status) =>
    lines.filter(({ status }) => status === wanted).length;
  const parts = [
    [count("problem"), "problem"],
    [count("warning"), "warning"],
  ] as const;
  const told = parts.filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`);
  return told.length === 0 ? "No problem found" : told.join(", ");
}
