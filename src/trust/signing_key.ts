/**
 * Private keys: read, made, and written as cosign reads them. What does it is
 * loaded when there is one: few programs sign.
 *
 * @see {@link https://github.com/sigstore/sigstore/blob/main/pkg/cryptoutils/privatekey.go}
 *
 * @module
 */

import type { PublicKey } from "./public_key.ts";

/** A key that signs. */
export interface SigningKey {
  /** What others verify with. */
  readonly publicKey: PublicKey;
  /** The same in PEM. */
  readonly publicPem: string;
  /** Signs, ECDSA in DER. */
  readonly sign: (
    data: Uint8Array<ArrayBuffer>,
    options?: { readonly form?: "simplesigning" | "bundle" },
  ) => Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode parseSigningKey}. */
export interface ParseSigningKeyOptions {
  /** Gives the password of a key that is encrypted; asked only for one. */
  readonly password?: (() => Promise<string>) | undefined;
}

/**
 * Reads a private key: PEM of PKCS #8, SEC 1 or PKCS #1, or cosign's own form,
 * which is encrypted with a password.
 *
 * @param text The file.
 * @param name What to call it.
 * @param options Where the password comes from.
 * @throws {ForgeError} `SIGNING_KEY_INVALID`, `SIGNING_KEY_PASSWORD`.
 *
 * @example
 * ```ts
 * import { generateKeyPair, parseSigningKey } from "@forgepoint/forge";
 *
 * const { privatePem } = await generateKeyPair("a password");
 * const key = await parseSigningKey(privatePem, "forge.key", {
 *   password: () => Promise.resolve("a password"),
 * });
 * key.publicKey.fingerprint;
 * ```
 */
export async function parseSigningKey(
  text: string,
  name: string,
  options: ParseSigningKeyOptions = {},
): Promise<SigningKey> {
  const { readPrivateKey } = await import("./private_key.ts");
  return await readPrivateKey(text, name, options);
}

/** A new key, with both of its files. */
export interface NewKeyPair {
  /** For `cosign.key`: encrypted where there is a password, else PKCS #8. */
  readonly privatePem: string;
  /** For `cosign.pub`. */
  readonly publicPem: string;
}

/**
 * Makes a key of P-256, as `cosign generate-key-pair` does.
 *
 * @param password Encrypts the private key; an empty one leaves it as it is.
 *
 * @example
 * ```ts
 * import { generateKeyPair, parsePublicKey } from "@forgepoint/forge";
 *
 * const { publicPem } = await generateKeyPair("a password");
 * (await parsePublicKey(publicPem, "forge.pub")).algorithm; // "P-256"
 * ```
 */
export async function generateKeyPair(password: string): Promise<NewKeyPair> {
  const { makeKeyPair } = await import("./private_key.ts");
  return await makeKeyPair(password);
}
