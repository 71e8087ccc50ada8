/**
 * As much of DER (ITU-T X.690) as a certificate needs.
 *
 * @module
 */

import { joinBytes } from "./store.ts";

/** An element: its tag, the length of its content, the content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = joinBytes([new Uint8Array(), ...parts]);
  return joinBytes([
    Uint8Array.of(tag, ...length(content.byteLength)),
    content,
  ]);
}

/** SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, ...parts);
}

/** OBJECT IDENTIFIER, from its dotted form. */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(
    0x06,
    Uint8Array.of(first * 40 + second, ...rest.flatMap(base128)),
  );
}

/** INTEGER from 0 to 127. */
export function smallInteger(value: number): Uint8Array {
  return der(0x02, Uint8Array.of(value));
}

/** BOOLEAN that is true. */
export function booleanTrue(): Uint8Array {
  return der(0x01, Uint8Array.of(0xff));
}

/** BIT STRING of whole bytes. */
export function bitString(bytes: Uint8Array): Uint8Array {
  return der(0x03, Uint8Array.of(0), bytes);
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Uint8Array {
  return der(0x04, bytes);
}

/** UTF8String. */
export function utf8String(text: string): Uint8Array {
  return der(0x0c, new TextEncoder().encode(text));
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, section 4.1.2.5). */
export function time(milliseconds: number): Uint8Array {
  const text = new Date(milliseconds).toISOString()
    .replace(/[-:T]|\.[0-9]+/g, "");
  const isShort = text < "2050";
  const written = new TextEncoder().encode(isShort ? text.slice(2) : text);
  return der(isShort ? 0x17 : 0x18, written);
}

/** X.690, section 8.1.3. */
function length(size: number): readonly number[] {
  if (size < 0x80) return [size];
  return size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
}

/** X.690, section 8.19.2. */
function base128(value: number): readonly number[] {
  const groups = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) {
    groups.unshift(0x80 | rest & 0x7f);
  }
  return groups;
}
