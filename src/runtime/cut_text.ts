/**
 * Parts of long texts that somebody may keep.
 *
 * Engines make a part of a text point into the whole, which is then held for as
 * long as the part: a line of 16 KiB can hold 16 MiB. What is kept must be a
 * copy.
 *
 * @module
 */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** The same text, held by nothing else; lone surrogates become U+FFFD. */
export function copyText(text: string): string {
  return DECODER.decode(ENCODER.encode(text));
}

/** Where a text is cut so that what is before it is no longer than that, and no character is halved. */
export function cutPosition(text: string, maxLength: number): number {
  if (text.length <= maxLength) return text.length;
  const first = text.charCodeAt(maxLength - 1);
  return first >= 0xd800 && first < 0xdc00 ? maxLength - 1 : maxLength;
}
