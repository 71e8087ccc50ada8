/**
 * Text of strangers, made fit for a terminal.
 *
 * @module
 */

/** Replaces characters that would move the cursor or recolour the terminal. */
export function withoutControls(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** Text for a cell of a table: one line, and not long. */
export function shortText(text: string, maxLength: number): string {
  const line = withoutControls(text).replace(/\s+/g, " ").trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}
