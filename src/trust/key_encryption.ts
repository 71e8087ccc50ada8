/**
 * How cosign encrypts private keys: scrypt makes a key of the password, NaCl's
 * secretbox does the rest.
 *
 * @see {@link https://github.com/secure-systems-lab/go-securesystemslib/blob/main/encrypted/encrypted.go}
 *
 * @module
 */

import { randomBytes, scrypt } from "node:crypto";
import { ForgeError } from "../errors.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { malformed } from "./refusal.ts";
import { type JsonObject, objectOf, parseStrictJson } from "./strict_json.ts";

/** Bytes that an encrypted key may have; real ones have about 650. */
export const MAX_KEY_JSON_BYTES: number = 64 * 1024;

/** What cosign writes ("standard" of the library below it). */
const STANDARD = { N: 65536, r: 8, p: 1 };
/** A key file must not make us spend a gigabyte or a minute. */
const LIMITS = { N: 2 ** 20, r: 16, p: 8 };
const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/** Which key, and its password. */
export interface DecryptKeyOptions {
  /** What to call the key. */
  readonly name: string;
  /** Its password. */
  readonly password: string;
}

/**
 * Decrypts a private key.
 *
 * @param bytes The JSON of the file.
 * @returns PKCS #8 in DER.
 * @throws {ForgeError} `SIGNING_KEY_INVALID`; `SIGNING_KEY_PASSWORD` when the
 * password is not the one it was encrypted with.
 */
export async function decryptKey(
  bytes: Uint8Array<ArrayBuffer>,
  { name, password }: DecryptKeyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { parameters, salt, nonce, ciphertext } = readingKey(
    name,
    () => parse(bytes),
  );
  const key = await deriveKey(password, salt, parameters);
  const { secretbox } = await import("@noble/ciphers/salsa");
  try {
    return new Uint8Array(secretbox(key, nonce).open(ciphertext));
  } catch (cause) {
    throw new ForgeError(
      "SIGNING_KEY_PASSWORD",
      `Cannot read the key "${name}": the password is wrong, or the file is damaged`,
      { hint: "Try again with the password that the key was made with", cause },
    );
  }
}

/**
 * Encrypts a private key.
 *
 * @param pkcs8 The key, DER.
 * @returns The JSON for the file.
 */
export async function encryptKey(
  pkcs8: Uint8Array,
  password: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const salt = new Uint8Array(randomBytes(32));
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  const key = await deriveKey(password, salt, STANDARD);
  const { secretbox } = await import("@noble/ciphers/salsa");
  const ciphertext = secretbox(key, nonce).seal(pkcs8);
  return new TextEncoder().encode(JSON.stringify({
    kdf: { name: "scrypt", params: STANDARD, salt: encodeBase64(salt) },
    cipher: { name: "nacl/secretbox", nonce: encodeBase64(nonce) },
    ciphertext: encodeBase64(ciphertext),
  }));
}

interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function parse(bytes: Uint8Array<ArrayBuffer>) {
  const what = "the encrypted key";
  const json = parseStrictJson(bytes, what);
  const kdf = objectOf(json["kdf"], what);
  const cipher = objectOf(json["cipher"], what);
  if (kdf["name"] !== "scrypt" || cipher["name"] !== "nacl/secretbox") {
    throw malformed(what, "it is encrypted in a way that is not known here");
  }
  const nonce = decodeBase64(cipher["nonce"], what);
  if (nonce.byteLength !== NONCE_BYTES) {
    throw malformed(what, "its nonce has a wrong length");
  }
  return {
    parameters: parametersOf(objectOf(kdf["params"], what)),
    salt: decodeBase64(kdf["salt"], what),
    nonce,
    ciphertext: decodeBase64(json["ciphertext"], what),
  };
}

function parametersOf(json: JsonObject): ScryptParameters {
  const within = (name: keyof ScryptParameters) => {
    const value = json[name];
    const isSound = typeof value === "number" && Number.isInteger(value) &&
      value >= 1 && value <= LIMITS[name];
    if (!isSound) {
      throw malformed(
        "the encrypted key",
        `its parameter ${name} is out of range`,
      );
    }
    return value;
  };
  return { N: within("N"), r: within("r"), p: within("p") };
}

function deriveKey(
  password: string,
  salt: Uint8Array,
  { N, r, p }: ScryptParameters,
): Promise<Uint8Array> {
  // RFC 7914, section 2: 128 r N bytes, and some to spare.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}

function readingKey<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ForgeError)) throw cause;
    throw new ForgeError(
      "SIGNING_KEY_INVALID",
      `Cannot read the key "${name}": ${cause.message}`,
      { hint: "Make one with forge keygen or cosign generate-key-pair", cause },
    );
  }
}
