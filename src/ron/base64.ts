/** Base64 as strict decoders want it; RFC 4648, section 4. */

const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES: ReadonlyMap<string, number> = new Map(
  Array.from(ALPHABET, (char, index) => [char, index]),
);

/** How to decode. */
export interface Base64Options {
  /** Refuse bits after the last byte that are not zero. */
  readonly strictBits: boolean;
}

/** Decodes padded base64, or undefined when the text is not exactly that. */
export function decodeBase64(
  text: string,
  options: Base64Options,
): Uint8Array | undefined {
  const digits = text.replace(/={0,2}$/, "");
  const padding = text.length - digits.length;
  if (text.length % 4 !== 0) return undefined;
  const out = new Uint8Array(Math.floor(digits.length * 6 / 8));
  let bits = 0;
  let buffer = 0;
  let at = 0;
  for (const char of digits) {
    const value = VALUES.get(char);
    if (value === undefined) return undefined;
    buffer = (buffer << 6 | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = buffer >> bits & 0xff;
    buffer &= (1 << bits) - 1;
  }
  if (options.strictBits && buffer !== 0) return undefined;
  return bits === padding * 2 ? out : undefined;
}
