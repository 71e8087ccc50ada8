/**
 * Public keys, and whether they made a signature.
 *
 * Everything goes through Web Crypto, which both runtimes have.
 *
 * @module
 */

/** Hashes that ECDSA signatures are made over. */
export type SignatureHash = "SHA-256" | "SHA-384";

/** What kind of key it is. */
export type KeyAlgorithm = "P-256" | "P-384" | "Ed25519" | "RSA";

/** A public key. */
export interface PublicKey {
  /** What people call it: the path of its file, as a rule. */
  readonly name: string;
  /** SHA-256 of its SubjectPublicKeyInfo, 64 hex digits. */
  readonly fingerprint: string;
  /** What kind of key it is. */
  readonly algorithm: KeyAlgorithm;
  /** The key as Web Crypto has it, a `CryptoKey`; a program on Node may not have that name. */
  readonly key: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
}

/** Bytes that a key file may have; real ones have about 200. */
export const MAX_KEY_BYTES: number = 64 * 1024;

/** How to verify with a key. */
export interface VerifyWithKeyOptions {
  /** The hash of ECDSA, where the format names one; those of the key unless told otherwise. */
  readonly hash?: SignatureHash | undefined;
}

/**
 * Reads a public key file: one PEM block `PUBLIC KEY`, such as `cosign.pub`.
 *
 * @param text The file.
 * @param name What to call it.
 * @throws {ForgeError} `TRUST_KEY_INVALID`.
 *
 * @example
 * ```ts
 * import { parsePublicKey } from "@forgepoint/forge";
 *
 * const pem = `-----BEGIN PUBLIC KEY-----
 * MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwr
 * kBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==
 * -----END PUBLIC KEY-----`;
 * const key = await parsePublicKey(pem, "keys/acme.pub");
 * key.algorithm; // "P-256"
 * ```
 */
export async function parsePublicKey(
  text: string,
  name: string,
): Promise<PublicKey> {
  const { readPublicKey } = await import("./read_public_key.ts");
  return await readPublicKey(text, name);
}
