/**
 * Where recorded sessions are kept.
 *
 * @module
 */

/** Widths of the terminals that sessions are recorded on. */
export const WIDTHS = [80, 120] as const;
/** One of them. */
export type Width = typeof WIDTHS[number];

/** The file with what was recorded. */
export function recordedAt(width: Width): URL {
  return new URL(`columns_${width}.txt`, import.meta.url);
}

/** Reads what was recorded. */
export async function readRecorded(width: Width): Promise<string> {
  return await Deno.readTextFile(recordedAt(width));
}
