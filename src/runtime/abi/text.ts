/**
 * Text as UTF-8 in a guest's memory.
 *
 * @module
 */

import { AbiFault } from "./fault.ts";

/** Up to so many bytes a loop is faster than the runtime's decoder and encoder. */
const SHORT_BYTES = 24;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Reads text. Strict: surrogates, overlong forms and the like are refused, and
 * nothing is replaced.
 */
export function decodeText(
  bytes: Uint8Array,
  start: number,
  length: number,
): string {
  const end = start + length;
  if (length <= SHORT_BYTES) {
    let text = "";
    let i = start;
    for (; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (i === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw new AbiFault(`text of ${length} bytes at ${start} is not UTF-8`);
  }
}

/** Bytes of a text as UTF-8; a lone surrogate counts as U+FFFD, which takes its place. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // A pair is 4 bytes for its 2 units.
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i += 1;
  }
  return length;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Writes text to a place with room for exactly {@linkcode utf8Length} bytes. */
export function encodeText(
  bytes: Uint8Array,
  start: number,
  { text, size }: { readonly text: string; readonly size: number },
): void {
  if (size === text.length && size <= SHORT_BYTES) {
    for (let i = 0; i < size; i++) bytes[start + i] = text.charCodeAt(i);
  } else encoder.encodeInto(text, bytes.subarray(start, start + size));
}
