/**
 * X.509 certificates, as far as signing code needs them (RFC 5280).
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  bitStringBytes,
  booleanValue,
  childrenOf,
  type DerElement,
  expectTag,
  objectId,
  readDer,
  TAG,
  timeValue,
} from "./der.ts";
import type { SignatureHash } from "./public_key.ts";
import { importPublicKey, isSignedBy } from "./read_public_key.ts";

/** Bytes that a certificate may have; real ones have 1 to 2 KB. */
const MAX_CERTIFICATE_BYTES = 64 * 1024;
const WHAT = "the certificate";

/** An extension of a certificate. */
export interface CertificateExtension {
  /** Whether who does not know it must refuse the certificate. */
  readonly critical: boolean;
  /** What is inside of its OCTET STRING. */
  readonly value: Uint8Array<ArrayBuffer>;
}

/** A certificate, read and not yet believed. */
export interface Certificate {
  /** All of it, DER. */
  readonly raw: Uint8Array<ArrayBuffer>;
  /** The part that is signed, DER (RFC 5280, section 4.1.1.1). */
  readonly tbs: Uint8Array<ArrayBuffer>;
  /** Who issued it, DER. */
  readonly issuer: Uint8Array<ArrayBuffer>;
  /** Whom it is about, DER. */
  readonly subject: Uint8Array<ArrayBuffer>;
  /** Its first moment, in milliseconds since the epoch. */
  readonly notBefore: number;
  /** Its last moment, in milliseconds since the epoch. */
  readonly notAfter: number;
  /** The key of the subject, SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Its extensions by object identifier. */
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
  /** How it is signed, by object identifier. */
  readonly signatureAlgorithm: string;
  /** The signature of the issuer. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a certificate.
 *
 * @param der All of it, and nothing after it.
 * @throws {ForgeError} `CERTIFICATE_INVALID`.
 */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  if (der.byteLength > MAX_CERTIFICATE_BYTES) {
    throw invalid(`it has ${der.byteLength} bytes`);
  }
  return readingCertificate(() => {
    const [tbs, algorithm, signature, ...rest] = childrenOf(
      readDer(der, WHAT),
      TAG.sequence,
    );
    if (!tbs || !algorithm || !signature || rest.length > 0) {
      throw invalid("it does not have three parts");
    }
    const signatureAlgorithm = algorithmOf(algorithm);
    return {
      raw: der,
      tbs: tbs.raw,
      ...parseBody(tbs, algorithm),
      signatureAlgorithm,
      signature: bitStringBytes(signature),
    };
  });
}

/** Whether the key of `issuer` signed a certificate (RFC 5280, section 6.1.3, (a)(1)). */
export async function isIssuedBy(
  certificate: Certificate,
  issuer: Certificate,
): Promise<boolean> {
  if (!areEqual(certificate.issuer, issuer.subject)) return false;
  const scheme = SCHEMES[certificate.signatureAlgorithm];
  if (scheme === undefined) {
    throw invalid(
      `its signature algorithm ${certificate.signatureAlgorithm} is not known here`,
    );
  }
  const key = await readingCertificateAsync(() =>
    importPublicKey(issuer.publicKey, "of the issuer")
  );
  const family = key.algorithm.startsWith("P-") ? "EC" : key.algorithm;
  if (family !== scheme.family) return false;
  const { tbs, signature } = certificate;
  return await readingCertificateAsync(() =>
    isSignedBy(key, tbs, signature, { hash: scheme.hash })
  );
}

/** Passes errors of the formats below on as errors of the certificate. */
export function readingCertificate<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asInvalid(error);
  }
}

/** As {@linkcode readingCertificate}, for what takes time. */
export async function readingCertificateAsync<T>(
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw asInvalid(error);
  }
}

/** The error for a certificate that cannot be one for signing code. */
export function invalid(why: string, cause?: unknown): ForgeError {
  return new ForgeError(
    "CERTIFICATE_INVALID",
    `Cannot accept the signing certificate: ${why}`,
    { hint: "Sign the image again with a current cosign", cause },
  );
}

/** Whether bytes are the same. Nothing here is secret: time may tell. */
export function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}

/** RFC 5758, section 3.2; RFC 8410, section 3; RFC 4055, section 5. */
const SCHEMES: Readonly<
  Record<string, { family: "EC" | "Ed25519" | "RSA"; hash?: SignatureHash }>
> = {
  "1.2.840.10045.4.3.2": { family: "EC", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { family: "EC", hash: "SHA-384" },
  "1.3.101.112": { family: "Ed25519" },
  "1.2.840.113549.1.1.11": { family: "RSA" },
};

/** RFC 5280, section 4.1.2. */
function parseBody(tbs: DerElement, outerAlgorithm: DerElement) {
  const parts = [...childrenOf(tbs, TAG.sequence)];
  const version = parts.shift();
  const isVersion3 = version?.tag === 0xa0 &&
    version.content.join() === "2,1,2";
  if (!isVersion3) throw invalid("it is not of version 3");
  const [serial, algorithm, issuer, validity, subject, publicKey, ...rest] =
    parts;
  if (!serial || !algorithm || !issuer || !validity || !subject || !publicKey) {
    throw invalid("it is not complete");
  }
  expectTag(serial, TAG.integer);
  // Section 4.1.1.2: the same identifier in both places.
  if (!areEqual(algorithm.raw, outerAlgorithm.raw)) {
    throw invalid("it names two signature algorithms");
  }
  const [notBefore, notAfter] = childrenOf(validity, TAG.sequence).map(
    timeValue,
  );
  if (notBefore === undefined || notAfter === undefined) {
    throw invalid("it has no validity");
  }
  const [extensions, ...more] = rest;
  if (
    extensions !== undefined && (extensions.tag !== 0xa3 || more.length > 0)
  ) {
    throw invalid("it has parts that are not known here");
  }
  return {
    issuer: issuer.raw,
    subject: subject.raw,
    notBefore,
    notAfter,
    publicKey: publicKey.raw,
    extensions: extensions === undefined
      ? new Map<string, CertificateExtension>()
      : parseExtensions(extensions),
  };
}

/** Section 4.2: no extension twice. */
function parseExtensions(
  tagged: DerElement,
): ReadonlyMap<string, CertificateExtension> {
  const found = new Map<string, CertificateExtension>();
  const [list, ...rest] = childrenOf(tagged);
  if (list === undefined || rest.length > 0) {
    throw invalid("its extensions are malformed");
  }
  for (const element of childrenOf(list, TAG.sequence)) {
    const parts = childrenOf(element, TAG.sequence);
    const [id, second] = parts;
    const value = parts.at(-1);
    if (!id || !second || !value || parts.length > 3) {
      throw invalid("an extension is malformed");
    }
    expectTag(value, TAG.octetString);
    const name = objectId(id);
    if (found.has(name)) throw invalid(`it has the extension ${name} twice`);
    const critical = parts.length === 3 && booleanValue(second);
    found.set(name, { critical, value: value.content });
  }
  return found;
}

function algorithmOf(element: DerElement): string {
  const [id] = childrenOf(element, TAG.sequence);
  if (id === undefined) throw invalid("it names no signature algorithm");
  return objectId(id);
}

function asInvalid(error: unknown): unknown {
  const isOfFormat = error instanceof ForgeError &&
    error.code.startsWith("SIGNATURE_");
  return isOfFormat ? invalid(error.message, error) : error;
}
