/**
 * Text from outside, made fit for a line of a terminal.
 *
 * @module
 */

/** Characters of one text that a person will read. */
const MAX_LENGTH = 300;

/** Shorter ones are part of every other word. */
const MIN_SECRET_LENGTH = 4;

/**
 * Puts stars in the place of secrets. To be done before a text is cut: half of
 * one is not found any more.
 *
 * @param value What a registry says; anything but text is nothing.
 * @param secrets What it was shown.
 */
export function withoutSecrets(
  value: unknown,
  secrets: readonly string[],
): string {
  if (typeof value !== "string") return "";
  return secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .reduce((text, secret) => text.replaceAll(secret, "***"), value);
}

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
