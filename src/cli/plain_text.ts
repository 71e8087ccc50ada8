/**
 * Text of strangers, made fit for a terminal.
 *
 * @module
 */

/**
 * Replaces characters that would move the cursor, recolour the terminal, or
 * turn the direction of writing, so that text looks like another.
 */
export function withoutControls(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- control characters are what is replaced
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    "\ufffd",
  );
}

/** Text for a cell of a table: one line, and not long. */
export function shortText(text: string, maxLength: number): string {
  const line = withoutControls(text).replace(/\s+/g, " ").trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}
