/**
 * Modules of any size that no compression makes smaller.
 *
 * @module
 */

/** `crypto.getRandomValues` gives no more at once. */
const MAX_RANDOM_BYTES = 65_536;

/** A module that does nothing: its preamble only. */
export const EMPTY_MODULE: Uint8Array<ArrayBuffer> = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
);

/** Adds a custom section of `size` random bytes to a module. */
export function padModule(
  module: Uint8Array,
  size: number,
): Uint8Array<ArrayBuffer> {
  const name = Uint8Array.of(3, 0x70, 0x61, 0x64);
  const length = leb128(name.byteLength + size);
  const header = [0, ...length, ...name];
  const padded = new Uint8Array(module.byteLength + header.length + size);
  padded.set(module);
  padded.set(header, module.byteLength);
  fillRandom(padded.subarray(module.byteLength + header.length));
  return padded;
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push(value & 0x7f | 0x80);
  return [...bytes, value];
}

function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  for (let i = 0; i < bytes.byteLength; i += MAX_RANDOM_BYTES) {
    crypto.getRandomValues(bytes.subarray(i, i + MAX_RANDOM_BYTES));
  }
}
