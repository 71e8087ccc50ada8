/**
 * Reading public keys, and what they have signed.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { digestBytes, digestHex } from "../oci/mod.ts";
import {
  bitStringBytes,
  childrenOf,
  objectId,
  readDer,
  TAG,
  unsignedInteger,
} from "./der.ts";
import { isOnCurve } from "./curve.ts";
import { type Curve, rawFromDer } from "./ecdsa_signature.ts";
import { parsePem } from "./pem.ts";
import { malformed, unsupported } from "./refusal.ts";
import type {
  PublicKey,
  SignatureHash,
  VerifyWithKeyOptions,
} from "./public_key.ts";

/** RSA keys below this are broken, those above are attacks on our time. */
const RSA_BITS = { min: 2048, max: 8192 };

const CURVES: Readonly<Record<string, { curve: Curve; pointBytes: number }>> = {
  "1.2.840.10045.3.1.7": { curve: "P-256", pointBytes: 65 },
  "1.3.132.0.34": { curve: "P-384", pointBytes: 97 },
};

/** Reads the PEM. */
export async function readPublicKey(
  text: string,
  name: string,
): Promise<PublicKey> {
  try {
    const blocks = parsePem(text, `the key "${name}"`);
    const [block] = blocks;
    if (block === undefined) throw notAKey(name, "it has no PEM block");
    if (/PRIVATE KEY/.test(text)) {
      throw notAKey(name, "it is a private key, which nobody should have here");
    }
    if (blocks.length > 1) throw notAKey(name, "it has several PEM blocks");
    if (block.label !== "PUBLIC KEY") {
      throw notAKey(name, `it is a ${block.label.toLowerCase()}`);
    }
    return await importPublicKey(block.bytes, name);
  } catch (cause) {
    if (cause instanceof ForgeError && cause.code !== "TRUST_KEY_INVALID") {
      throw notAKey(name, cause.message, cause);
    }
    throw cause;
  }
}

/**
 * Takes a key as certificates and logs have it.
 *
 * @param spki SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7).
 * @param name What to call it.
 * @throws {ForgeError} `SIGNATURE_MALFORMED` or `SIGNATURE_UNSUPPORTED`.
 */
export async function importPublicKey(
  spki: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<PublicKey> {
  const { algorithm, parameters } = describe(spki, name);
  const fingerprint = digestHex(await digestBytes(spki));
  try {
    const key = await crypto.subtle.importKey("spki", spki, parameters, true, [
      "verify",
    ]);
    return { name, fingerprint, algorithm, key };
  } catch (cause) {
    throw new ForgeError(
      "SIGNATURE_MALFORMED",
      `Cannot use the key "${name}": it is no point on its curve, or damaged`,
      { hint: "Export the public key again", cause },
    );
  }
}

/**
 * Whether a key made a signature.
 *
 * @param key The key.
 * @param data What was signed.
 * @param signature ECDSA in DER, others as they are.
 * @throws {ForgeError} `SIGNATURE_MALFORMED` for an ECDSA signature that is
 * not strictly DER, or has numbers out of range.
 */
export async function isSignedBy(
  key: PublicKey,
  data: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  options: VerifyWithKeyOptions = {},
): Promise<boolean> {
  const { algorithm } = key;
  if (algorithm === "Ed25519" || algorithm === "RSA") {
    const name = algorithm === "RSA" ? "RSASSA-PKCS1-v1_5" : algorithm;
    return await verifies(key, { name }, { data, signature });
  }
  const raw = rawFromDer(signature, algorithm);
  for (const hash of options.hash ? [options.hash] : hashesOf(algorithm)) {
    const parameters = { name: "ECDSA", hash };
    if (await verifies(key, parameters, { data, signature: raw })) return true;
  }
  return false;
}

/** What one runtime answers with `false`, the other may throw at: an error is no yes. */
async function verifies(
  { key }: PublicKey,
  parameters: { readonly name: string; readonly hash?: string },
  signed: {
    readonly data: Uint8Array<ArrayBuffer>;
    readonly signature: Uint8Array<ArrayBuffer>;
  },
): Promise<boolean> {
  const { data, signature } = signed;
  try {
    return await crypto.subtle.verify(parameters, key, signature, data);
  } catch (cause) {
    throw malformed("the signature", "it does not fit the key", cause);
  }
}

/** Cosign's old form hashes with SHA-256 whatever the curve; its new form as the curve is wide. */
function hashesOf(curve: Curve): readonly SignatureHash[] {
  return curve === "P-256" ? ["SHA-256"] : ["SHA-384", "SHA-256"];
}

/** The parameters for Web Crypto, once the structure is what it should be. */
function describe(spki: Uint8Array<ArrayBuffer>, name: string) {
  const what = `the key "${name}"`;
  const [identifier, bits, ...rest] = childrenOf(
    readDer(spki, what),
    TAG.sequence,
  );
  if (identifier === undefined || bits === undefined || rest.length > 0) {
    throw unsupported(`with the key "${name}": it is no SubjectPublicKeyInfo`);
  }
  const [id, parameters] = childrenOf(identifier, TAG.sequence);
  const kind = id && objectId(id);
  const key = bitStringBytes(bits);
  if (kind === "1.2.840.10045.2.1" && parameters !== undefined) {
    const known =
      CURVES[parameters.tag === TAG.objectId ? objectId(parameters) : ""];
    if (known === undefined) {
      throw unsupported(
        `with the key "${name}": its curve is neither P-256 nor P-384`,
      );
    }
    if (key.byteLength !== known.pointBytes || key[0] !== 4) {
      throw unsupported(
        `with the key "${name}": its point is compressed or cut`,
      );
    }
    const { curve } = known;
    if (!isOnCurve(key, curve)) {
      throw malformed(what, "its point is not on its curve");
    }
    return {
      algorithm: curve,
      parameters: { name: "ECDSA", namedCurve: curve },
    };
  }
  if (kind === "1.3.101.112") {
    return { algorithm: "Ed25519" as const, parameters: { name: "Ed25519" } };
  }
  if (kind === "1.2.840.113549.1.1.1") {
    checkRsa(key, name);
    return {
      algorithm: "RSA" as const,
      parameters: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    };
  }
  throw unsupported(
    `with the key "${name}": algorithm ${kind} is not known here`,
  );
}

function checkRsa(key: Uint8Array<ArrayBuffer>, name: string): void {
  const [modulus] = childrenOf(readDer(key, `the key "${name}"`), TAG.sequence);
  const bits = modulus === undefined
    ? 0
    : unsignedInteger(modulus).byteLength * 8;
  if (bits >= RSA_BITS.min && bits <= RSA_BITS.max) return;
  throw unsupported(
    `with the key "${name}": its ${bits} bits are not from ${RSA_BITS.min} to ${RSA_BITS.max}`,
  );
}

function notAKey(name: string, why: string, cause?: unknown): ForgeError {
  return new ForgeError(
    "TRUST_KEY_INVALID",
    `Cannot use the key "${name}": ${why}`,
    {
      hint:
        "Name a PEM file that begins with -----BEGIN PUBLIC KEY-----, such as cosign.pub",
      cause,
    },
  );
}
