/**
 * The trusted root of a Sigstore instance: its authorities and logs, as TUF
 * distributes them (`trusted_root.json`).
 *
 * @see {@link https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto}
 *
 * @module
 */

import type { Certificate } from "./certificate.ts";
import type { PublicKey } from "./public_key.ts";

/** Bytes that a trusted root may have; the public one has about 10 KB. */
export const MAX_TRUSTED_ROOT_BYTES: number = 1024 * 1024;

/** When something may be trusted, in milliseconds since the epoch. */
export interface ValidFor {
  /** First moment. */
  readonly start: number;
  /** Last moment. */
  readonly end: number;
}

/** An authority: the certificates from the one that issues to the root. */
export interface Authority {
  /** The one that issues first, the root last. */
  readonly certificates: readonly Certificate[];
  /** When it may be trusted. */
  readonly validFor: ValidFor;
}

/** A log: of signatures, or of certificates. */
export interface TrustedLog {
  /** What it is found by: SHA-256 of its key, as a rule. */
  readonly id: Uint8Array<ArrayBuffer>;
  /** Its key. */
  readonly key: PublicKey;
  /** When it may be trusted. */
  readonly validFor: ValidFor;
}

/** Whom a Sigstore instance consists of. */
export interface TrustedRoot {
  /** What to call it: the path of its file, as a rule. */
  readonly name: string;
  /** Who issues certificates to signers (Fulcio). */
  readonly authorities: readonly Authority[];
  /** Who keeps signatures (Rekor). */
  readonly signatureLogs: readonly TrustedLog[];
  /** Who keeps certificates (Certificate Transparency). */
  readonly certificateLogs: readonly TrustedLog[];
  /** Who says what time it is (RFC 3161). */
  readonly timestampAuthorities: readonly Authority[];
}

/**
 * Reads a trusted root.
 *
 * Logs with keys of a kind that is not verified here are left out: what only
 * they vouch for is refused.
 *
 * @param bytes The file.
 * @param name What to call it.
 * @throws {ForgeError} `TRUST_ROOT_INVALID`.
 *
 * @example
 * ```ts types
 * import { parseTrustedRoot, platform } from "@forgepoint/forge";
 *
 * const bytes = await platform.files.read("trusted_root.json");
 * const { authorities } = await parseTrustedRoot(bytes, "trusted_root.json");
 * authorities.map(({ validFor }) => validFor);
 * ```
 */
export async function parseTrustedRoot(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<TrustedRoot> {
  const { readTrustedRoot } = await import("./read_trusted_root.ts");
  return await readTrustedRoot(bytes, name);
}
