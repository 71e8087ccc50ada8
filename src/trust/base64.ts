/**
 * Base64 with one spelling for every content (RFC 4648, sections 3.3 and 3.5).
 *
 * @module
 */

import { malformed } from "./refusal.ts";

/**
 * Reads base64: padded, without line breaks, unused bits zero.
 *
 * @param text The text.
 * @param what Where it stands, for the message.
 * @throws {ForgeError} `SIGNATURE_MALFORMED`.
 */
export function decodeBase64(
  text: unknown,
  what: string,
): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string" || text.length % 4 !== 0) {
    throw malformed(what, "it is not base64");
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw malformed(what, "it is not base64");
  }
  const binary = atob(text);
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  if (encodeBase64(bytes) !== text) {
    throw malformed(what, "its base64 has bits that mean nothing");
  }
  return bytes;
}

/** Writes base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  // Spreading all bytes at once would overflow the stack.
  for (let at = 0; at < bytes.byteLength; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}
