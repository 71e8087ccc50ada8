/**
 * Text from outside, made fit for a line of a terminal.
 *
 * @module
 */

/** Characters of one text that a person will read. */
const MAX_LENGTH = 300;

/**
 * Replaces what moves the cursor, recolours, or turns the direction of
 * writing, and what cannot be seen at all.
 *
 * @param value What a registry says; anything but text is nothing.
 */
export function printable(value: unknown): string {
  if (typeof value !== "string") return "";
  return value.slice(0, MAX_LENGTH)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ");
}
