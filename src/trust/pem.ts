/**
 * PEM (RFC 7468): base64 between two lines that say what it is.
 *
 * @module
 */

import { decodeBase64, encodeBase64 } from "./base64.ts";

/** One block. */
export interface PemBlock {
  /** What the lines around it say, such as `PUBLIC KEY`. */
  readonly label: string;
  /** What is between them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const BLOCK =
  /-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n([A-Za-z0-9+/=\s]*?)-----END ([A-Z0-9 ]+)-----/g;

/**
 * Reads the blocks of a text; what stands around them is for people.
 *
 * @throws {ForgeError} `SIGNATURE_MALFORMED` for a block that is not base64.
 */
export function parsePem(text: string, what: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, label = "", body = "", end] of text.matchAll(BLOCK)) {
    if (label !== end) continue;
    blocks.push({ label, bytes: decodeBase64(body.replace(/\s/g, ""), what) });
  }
  return blocks;
}

/** Writes one block. */
export function formatPem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}
