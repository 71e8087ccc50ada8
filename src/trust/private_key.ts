/**
 * What reads, makes and uses private keys.
 *
 * @see {@link https://github.com/sigstore/sigstore/blob/main/pkg/cryptoutils/privatekey.go}
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { ForgeError } from "../errors.ts";
import {
  decryptKey,
  encryptKey,
  MAX_KEY_JSON_BYTES,
} from "./key_encryption.ts";
import { formatPem, parsePem } from "./pem.ts";
import { importPublicKey } from "./read_public_key.ts";
import type {
  NewKeyPair,
  ParseSigningKeyOptions,
  SigningKey,
} from "./signing_key.ts";

/** Kinds of PEM blocks that cosign has written its encrypted keys as. */
const ENCRYPTED = [
  "ENCRYPTED SIGSTORE PRIVATE KEY",
  "ENCRYPTED COSIGN PRIVATE KEY",
];
/** Kinds that are not encrypted: PKCS #8, SEC 1, PKCS #1. */
const PLAIN = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"];

/** {@linkcode parseSigningKey}. */
export async function readPrivateKey(
  text: string,
  name: string,
  options: ParseSigningKeyOptions,
): Promise<SigningKey> {
  const [block, ...others] = blocksOf(text, name);
  if (block === undefined) throw invalidKey(name, "it holds no private key");
  if (others.length > 0) {
    throw invalidKey(name, "it holds several private keys");
  }
  const key = ENCRYPTED.includes(block.label)
    ? await readEncrypted(block.bytes, name, options)
    : readPlain(text, name);
  return await signingKeyOf(key, name);
}

/** {@linkcode generateKeyPair}. */
export async function makeKeyPair(password: string): Promise<NewKeyPair> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
  });
  const pkcs8 = new Uint8Array(
    privateKey.export({ type: "pkcs8", format: "der" }),
  );
  const spki = new Uint8Array(
    publicKey.export({ type: "spki", format: "der" }),
  );
  return {
    privatePem: password === ""
      ? formatPem("PRIVATE KEY", pkcs8)
      : formatPem(ENCRYPTED[0] ?? "", await encryptKey(pkcs8, password)),
    publicPem: formatPem("PUBLIC KEY", spki),
  };
}

function blocksOf(text: string, name: string) {
  if (text.length > MAX_KEY_JSON_BYTES) {
    throw invalidKey(name, "it is too large");
  }
  try {
    return parsePem(text, `the key "${name}"`).filter(({ label }) =>
      [...PLAIN, ...ENCRYPTED, "ENCRYPTED PRIVATE KEY"].includes(label)
    );
  } catch (cause) {
    throw invalidKey(name, "its PEM is damaged", cause);
  }
}

async function readEncrypted(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  { password }: ParseSigningKeyOptions,
): Promise<KeyObject> {
  if (password === undefined) {
    throw new ForgeError(
      "SIGNING_KEY_PASSWORD",
      `Cannot read the key "${name}": it is encrypted, and there is nobody to ask`,
      { hint: "Name the variable that has its password with --password-env" },
    );
  }
  const pkcs8 = await decryptKey(bytes, { name, password: await password() });
  try {
    return createPrivateKey({
      key: asBuffer(pkcs8),
      format: "der",
      type: "pkcs8",
    });
  } catch (cause) {
    throw invalidKey(name, "what is encrypted in it is no PKCS #8", cause);
  }
}

function readPlain(text: string, name: string): KeyObject {
  if (text.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
    throw invalidKey(
      name,
      "it is encrypted in another way than cosign's: decrypt it with openssl pkcs8, or import it with cosign import-key-pair",
    );
  }
  try {
    return createPrivateKey(text);
  } catch (cause) {
    // What the library below says may quote the key: it stays out of the message.
    throw invalidKey(
      name,
      "it is damaged, or of a kind that is not known here",
      cause,
    );
  }
}

async function signingKeyOf(key: KeyObject, name: string): Promise<SigningKey> {
  const spki = new Uint8Array(
    createPublicKey(key).export({ type: "spki", format: "der" }),
  );
  const publicKey = await importPublicKey(spki, name).catch((cause) => {
    throw invalidKey(
      name,
      "it is neither P-256, P-384, Ed25519 nor RSA",
      cause,
    );
  });
  return {
    publicKey,
    publicPem: formatPem("PUBLIC KEY", spki),
    sign(data, { form = "bundle" } = {}) {
      if (publicKey.algorithm === "Ed25519") return signWith(null, data, key);
      // As cosign: SHA-256 in the old form, in the new one what fits the curve.
      const isWide = publicKey.algorithm === "P-384" && form === "bundle";
      return signWith(isWide ? "sha384" : "sha256", data, key);
    },
  };
}

function signWith(
  hash: string | null,
  data: Uint8Array,
  key: KeyObject,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sign(hash, data, key));
}

/** Only a Buffer is taken for a key on both runtimes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

function invalidKey(name: string, why: string, cause?: unknown): ForgeError {
  return new ForgeError(
    "SIGNING_KEY_INVALID",
    `Cannot read the key "${name}": ${why}`,
    {
      hint: "Make one with forge keygen or cosign generate-key-pair",
      cause,
    },
  );
}
