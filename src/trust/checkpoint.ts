/**
 * Checkpoints: what a log signs of its tree.
 *
 * @see {@link https://github.com/transparency-dev/formats/blob/main/log/README.md}
 *
 * @module
 */

import { decodeBase64 } from "./base64.ts";
import { malformed } from "./refusal.ts";

const WHAT = "the checkpoint";
/** Bytes that a checkpoint may have; real ones have about 300. */
const MAX_CHECKPOINT_LENGTH = 16 * 1024;

/** A checkpoint, read and not yet believed. */
export interface Checkpoint {
  /** How many entries the tree has. */
  readonly size: bigint;
  /** The hash of the tree. */
  readonly rootHash: Uint8Array<ArrayBuffer>;
  /** What is signed. */
  readonly signed: Uint8Array<ArrayBuffer>;
  /** Who signed it: four bytes of the key's identifier, and the signature. */
  readonly signatures: readonly {
    readonly hint: Uint8Array<ArrayBuffer>;
    readonly signature: Uint8Array<ArrayBuffer>;
  }[];
}

/**
 * Reads a checkpoint: a signed note whose lines are origin, size and hash.
 *
 * @throws {ForgeError} `SIGNATURE_MALFORMED`.
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (text.length > MAX_CHECKPOINT_LENGTH) {
    throw malformed(WHAT, "it is too large");
  }
  const end = text.lastIndexOf("\n\n");
  if (end < 0) throw malformed(WHAT, "it has no signature");
  const note = text.slice(0, end + 1);
  const [origin = "", size = "", hash = ""] = note.split("\n");
  if (origin === "" || !/^(0|[1-9][0-9]{0,17})$/.test(size)) {
    throw malformed(WHAT, "its lines are not origin, size and hash");
  }
  const lines = text.slice(end + 2).split("\n").filter((line) => line !== "");
  return {
    size: BigInt(size),
    rootHash: decodeBase64(hash, WHAT),
    signed: new TextEncoder().encode(note),
    signatures: lines.slice(0, 32).map((line) => {
      const match = /^\u2014 \S+ (\S+)$/.exec(line);
      if (match === null) throw malformed(WHAT, "a signature line is not one");
      const bytes = decodeBase64(match[1], WHAT);
      return { hint: bytes.subarray(0, 4), signature: bytes.subarray(4) };
    }),
  };
}
