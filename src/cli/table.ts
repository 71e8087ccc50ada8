/**
 * Tables and numbers for people.
 *
 * @module
 */

import { shortText } from "./plain_text.ts";

/** Nothing that belongs into a table is longer. */
const MAX_CELL = 1000;

/**
 * Lays out rows in columns. Cells may be the words of strangers: what would
 * move the cursor is replaced.
 *
 * @param rows The header first; every row has as many cells.
 * @param right Numbers of the columns that end flush instead of starting so.
 * @param width Characters of the terminal: the longest cells lose their
 * middle until a line fits. Without it nothing is lost.
 * @returns Lines, each with a line end.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  width?: number,
): string {
  const plain = rows.map((row) => row.map((text) => shortText(text, MAX_CELL)));
  const natural = (rows[0] ?? []).map((_, column) =>
    plain.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0)
  );
  const widths = width === undefined ? natural : fitted(natural, width);
  return plain.map((row) => {
    const cells = row.map((text, column) => {
      const cell = withoutMiddle(text, widths[column] ?? 0);
      return right.includes(column)
        ? cell.padStart(widths[column] ?? 0)
        : cell.padEnd(widths[column] ?? 0);
    });
    return cells.join("  ").trimEnd() + "\n";
  }).join("");
}

/** No column is made narrower than this. */
const MIN_COLUMN = 12;
/** Between two columns. */
const GAP = 2;

/** Widths that fit side by side, taken from the widest. */
function fitted(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const total = () =>
    widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1));
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function withoutMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${text.slice(-end)}`;
}

/** A size in bytes with three digits at most: `512 B`, `1.4 KiB`, `256 MiB`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** From how many seconds on a time is told in which unit. */
const AGE_UNITS = [
  [86_400, "day", "days"],
  [3_600, "hour", "hours"],
  [60, "minute", "minutes"],
] as const;
/** Days after which a date says more. */
const MAX_AGE_DAYS = 30;

/** When something was, as people say it: `5 minutes ago`, `2026-01-31`. */
export function formatAge(thenMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - thenMs) / 1000);
  const isFar = seconds < -60 || seconds > MAX_AGE_DAYS * 86_400;
  if (isFar) return new Date(thenMs).toISOString().slice(0, 10);
  for (const [unit, one, many] of AGE_UNITS) {
    const count = Math.floor(seconds / unit);
    if (count > 0) return `${formatCount(count, one, many)} ago`;
  }
  return "just now";
}

/** A digest short enough for a table and long enough to recognise. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(":");
  return digest.slice(0, colon + 1) + digest.slice(colon + 1, colon + 13);
}

/** A number with its noun: `1 entry`, `2 entries`. */
export function formatCount(
  count: number,
  one: string,
  many: string,
): string {
  return `${count} ${count === 1 ? one : many}`;
}
