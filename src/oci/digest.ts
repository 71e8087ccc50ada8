/**
 * Digests: the names that content has because of what it is.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { ForgeError } from "../errors.ts";
import { createHash } from "./deno_hash.ts";

/** A digest as text, `algorithm:encoded`; made by {@linkcode parseDigest}. */
export type Digest = `${DigestAlgorithm}:${string}`;

/** The algorithms that the image specification registers. */
export type DigestAlgorithm = "sha256" | "sha512";

/** Encoded length in lowercase hex digits (image-spec, descriptor.md, "Registered algorithms"). */
const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = {
  sha256: 64,
  sha512: 128,
};

/**
 * Reads a digest.
 *
 * @param text `sha256:` and 64, or `sha512:` and 128, lowercase hex digits.
 * @returns The same text, typed.
 * @throws {ForgeError} `DIGEST_INVALID`.
 * @see {@link https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests}
 *
 * @example
 * ```ts
 * import { parseDigest } from "@forgepoint/forge/oci";
 *
 * parseDigest(`sha256:${"0".repeat(64)}`);
 * ```
 */
export function parseDigest(text: string): Digest {
  const digest = tryParseDigest(text);
  if (digest !== undefined) return digest;
  throw new ForgeError(
    "DIGEST_INVALID",
    `Cannot read digest "${text.slice(0, 200)}"`,
    {
      hint:
        'A digest is "sha256:" and 64 lowercase hex digits, such as `forge digest REF` prints',
    },
  );
}

/**
 * Reads a digest; `undefined` where {@linkcode parseDigest} throws.
 *
 * @example
 * ```ts
 * import { tryParseDigest } from "@forgepoint/forge/oci";
 *
 * tryParseDigest("sha256:too-short"); // undefined
 * ```
 */
export function tryParseDigest(text: string): Digest | undefined {
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  if (algorithm !== "sha256" && algorithm !== "sha512") return undefined;
  const encoded = text.slice(colon + 1);
  return encoded.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(encoded)
    ? text as Digest
    : undefined;
}

/**
 * The algorithm of a digest.
 *
 * @example
 * ```ts
 * import { digestAlgorithm, parseDigest } from "@forgepoint/forge/oci";
 *
 * const digest = parseDigest(
 *   "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
 * );
 * digestAlgorithm(digest); // "sha256"
 * ```
 */
export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

/**
 * The hex digits of a digest, without its algorithm.
 *
 * @example
 * ```ts
 * import { digestHex, parseDigest } from "@forgepoint/forge/oci";
 *
 * const digest = parseDigest(
 *   "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
 * );
 * digestHex(digest).slice(0, 8); // "e3b0c442"
 * ```
 */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/**
 * Hashes bytes that are in memory, off the main thread.
 *
 * @param bytes What to hash.
 * @param algorithm SHA-256 unless told otherwise.
 * @returns The digest.
 *
 * @example
 * ```ts
 * import { digestBytes } from "@forgepoint/forge/oci";
 *
 * await digestBytes(new Uint8Array()); // "sha256:e3b0c442..."
 * ```
 */
export async function digestBytes(
  bytes: Uint8Array<ArrayBuffer>,
  algorithm: DigestAlgorithm = "sha256",
): Promise<Digest> {
  const name = algorithm === "sha512" ? "SHA-512" : "SHA-256";
  const hash = new Uint8Array(await crypto.subtle.digest(name, bytes));
  let hex = "";
  for (const byte of hash) hex += byte.toString(16).padStart(2, "0");
  return `${algorithm}:${hex}`;
}

/**
 * A hash in progress, for content that is too large to hold.
 *
 * `crypto.subtle` has no incremental form; `node:crypto` has, on both runtimes.
 */
export class Digester {
  readonly #hash: Hash;
  readonly #algorithm: DigestAlgorithm;
  #size = 0;

  /** Starts a hash with the given algorithm. */
  constructor(algorithm: DigestAlgorithm = "sha256") {
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  /** How many bytes have been added. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes. */
  update(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    this.#hash.update(chunk);
  }

  /** Ends the hash. Call once. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest("hex")}`;
  }
}
