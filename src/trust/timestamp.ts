/**
 * Timestamps: an authority that says when it saw a signature (RFC 3161, CMS).
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  areEqual,
  type Certificate,
  isIssuedBy,
  parseCertificate,
} from "./certificate.ts";
import { isAuthority, isTimestampAuthority } from "./certificate_use.ts";
import {
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
import { DO_NOT_USE, malformed } from "./refusal.ts";
import { isWithin } from "./read_trusted_root.ts";
import type { Authority, TrustedRoot } from "./trusted_root.ts";

const WHAT = "the timestamp";
/** Bytes that a timestamp may have; real ones have 1 to 5 KB. */
const MAX_TIMESTAMP_BYTES = 64 * 1024;
/** RFC 5652: signedData, contentType, messageDigest. */
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
/** RFC 3161, section 2.4.2: id-ct-TSTInfo. */
const TST_INFO = "1.2.840.113549.1.9.16.1.4";

/** Tag of what stands in a context of its own, `[0] EXPLICIT`. */
const EXPLICIT = 0xa0;

/** Hashes by object identifier (RFC 5754, section 2). */
const HASHES: Readonly<Record<string, "SHA-256" | "SHA-384" | "SHA-512">> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};

/**
 * Checks that an authority of the trusted root saw a signature.
 *
 * @param token A TimeStampResp in DER (RFC 3161, section 2.4.2).
 * @param signature What it has to be about.
 * @returns When, in milliseconds since the epoch.
 * @throws {ForgeError} `SIGNATURE_TIME_INVALID`.
 */
export async function checkTimestamp(
  token: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  root: Pick<TrustedRoot, "timestampAuthorities" | "name">,
): Promise<number> {
  try {
    const parsed = parseToken(token);
    const { info, signer } = parsed;
    if (!areEqual(await hash(info.hashAlgorithm, signature), info.imprint)) {
      throw invalidTime("it is of another signature");
    }
    for (const authority of root.timestampAuthorities) {
      const leaf = await signingCertificate(parsed, authority, info.timeMs);
      if (leaf === undefined) continue;
      await checkSigner(signer, info.bytes, leaf);
      return info.timeMs;
    }
    throw invalidTime(
      `no timestamp authority of the trusted root "${root.name}" made it`,
    );
  } catch (cause) {
    if (
      !(cause instanceof ForgeError) || cause.code === "SIGNATURE_TIME_INVALID"
    ) throw cause;
    throw invalidTime(cause.message, cause);
  }
}

interface Token {
  readonly info: TimestampInfo;
  readonly signer: SignerInfo;
  /** Certificates in the token; none of them is trusted for being there. */
  readonly certificates: readonly Certificate[];
}

/** RFC 3161, section 2.4.2, TSTInfo. */
interface TimestampInfo {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hashAlgorithm: string;
  readonly imprint: Uint8Array<ArrayBuffer>;
  readonly timeMs: number;
}

/** RFC 5652, section 5.3. */
interface SignerInfo {
  /** Issuer and serial number of the signer, DER. */
  readonly id: DerElement;
  readonly digestAlgorithm: string;
  /** As they are signed: a SET. */
  readonly attributes: Uint8Array<ArrayBuffer>;
  readonly byType: ReadonlyMap<string, DerElement>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

function parseToken(bytes: Uint8Array<ArrayBuffer>): Token {
  if (bytes.byteLength > MAX_TIMESTAMP_BYTES) {
    throw malformed(WHAT, "it is too large");
  }
  const [status, contentInfo] = childrenOf(readDer(bytes, WHAT), TAG.sequence);
  const [code] = status === undefined ? [] : childrenOf(status, TAG.sequence);
  // granted or grantedWithMods (RFC 3161, section 2.4.2).
  const isGranted = code?.tag === TAG.integer &&
    /^[01]$/.test(code.content.join());
  if (!isGranted || contentInfo === undefined) {
    throw malformed(WHAT, "it was not granted");
  }
  const [type, wrapped] = childrenOf(contentInfo, TAG.sequence);
  if (!type || !wrapped || objectId(type) !== SIGNED_DATA) {
    throw malformed(WHAT, "it is no signed data");
  }
  const [signedData] = childrenOf(wrapped, EXPLICIT);
  const parts = signedData === undefined
    ? []
    : childrenOf(signedData, TAG.sequence);
  const [, , content] = parts;
  const signers = parts.at(-1);
  if (content === undefined || signers === undefined) {
    throw malformed(WHAT, "it is not complete");
  }
  const [signer, ...others] = childrenOf(signers, TAG.set);
  if (signer === undefined || others.length > 0) {
    throw malformed(WHAT, "it does not have one signer");
  }
  const certificates = parts.find(({ tag }) => tag === 0xa0);
  return {
    info: parseInfo(content),
    signer: parseSigner(signer),
    certificates: certificates === undefined
      ? []
      : childrenOf(certificates).slice(0, 8).map(({ raw }) =>
        parseCertificate(raw)
      ),
  };
}

function parseInfo(content: DerElement): TimestampInfo {
  const [type, wrapped] = childrenOf(content, TAG.sequence);
  if (!type || !wrapped || objectId(type) !== TST_INFO) {
    throw malformed(WHAT, "its content is no timestamp");
  }
  const [octets] = childrenOf(wrapped, EXPLICIT);
  if (octets === undefined) throw malformed(WHAT, "it is empty");
  expectTag(octets, TAG.octetString);
  const [version, policy, imprint, serial, time] = childrenOf(
    readDer(octets.content, WHAT),
    TAG.sequence,
  );
  if (!version || !policy || !imprint || !serial || !time) {
    throw malformed(WHAT, "it is not complete");
  }
  if (version.content.join() !== "1") {
    throw malformed(WHAT, "it is not of version 1");
  }
  const [algorithm, hashed] = childrenOf(imprint, TAG.sequence);
  const [id] = algorithm === undefined
    ? []
    : childrenOf(algorithm, TAG.sequence);
  if (id === undefined || hashed === undefined) {
    throw malformed(WHAT, "it has no imprint");
  }
  expectTag(hashed, TAG.octetString);
  return {
    bytes: octets.content,
    hashAlgorithm: objectId(id),
    imprint: hashed.content,
    timeMs: timeValue(time),
  };
}

function parseSigner(element: DerElement): SignerInfo {
  const [, id, digestAlgorithm, attributes, , signature] = childrenOf(
    element,
    TAG.sequence,
  );
  if (
    !id || !digestAlgorithm || !attributes || !signature ||
    attributes.tag !== 0xa0
  ) {
    throw malformed(WHAT, "its signer is not complete");
  }
  expectTag(signature, TAG.octetString);
  const byType = new Map<string, DerElement>();
  for (const attribute of childrenOf(attributes)) {
    const [type, values] = childrenOf(attribute, TAG.sequence);
    const [value, ...others] = values === undefined
      ? []
      : childrenOf(values, TAG.set);
    if (type === undefined || value === undefined || others.length > 0) {
      throw malformed(WHAT, "an attribute is malformed");
    }
    if (byType.has(objectId(type))) {
      throw malformed(WHAT, "it has an attribute twice");
    }
    byType.set(objectId(type), value);
  }
  const [algorithm] = childrenOf(digestAlgorithm, TAG.sequence);
  if (algorithm === undefined) throw malformed(WHAT, "it names no hash");
  // RFC 5652, section 5.4: signed as a SET OF, whatever it is tagged here.
  const signed = attributes.raw.slice();
  signed[0] = TAG.set;
  return {
    id,
    digestAlgorithm: objectId(algorithm),
    attributes: signed,
    byType,
    signature: signature.content,
  };
}

/** The certificate of the authority that made a token: the one of the root, or one that the root's authority issued. */
async function signingCertificate(
  { certificates, signer }: Token,
  { certificates: chain, validFor }: Authority,
  timeMs: number,
): Promise<Certificate | undefined> {
  if (!isWithin(timeMs, validFor)) return undefined;
  for (const candidate of [...chain, ...certificates]) {
    if (!isTimestampAuthority(candidate) || !isNamedBy(signer.id, candidate)) {
      continue;
    }
    const path = pathFrom(candidate, chain);
    if (await isPath(path, timeMs)) return candidate;
  }
  return undefined;
}

/** RFC 5652, section 10.2.4: issuer and serial number. */
function isNamedBy(id: DerElement, certificate: Certificate): boolean {
  if (id.tag !== TAG.sequence) return false;
  const [issuer, serial] = childrenOf(id, TAG.sequence);
  const [, ownSerial] = childrenOf(
    readDer(certificate.tbs, WHAT),
    TAG.sequence,
  );
  return issuer !== undefined && serial !== undefined &&
    ownSerial !== undefined &&
    areEqual(issuer.raw, certificate.issuer) &&
    areEqual(serial.raw, ownSerial.raw);
}

function pathFrom(
  leaf: Certificate,
  chain: readonly Certificate[],
): readonly Certificate[] {
  const own = chain.findIndex(({ raw }) => areEqual(raw, leaf.raw));
  return own < 0 ? [leaf, ...chain] : chain.slice(own);
}

async function isPath(
  path: readonly Certificate[],
  timeMs: number,
): Promise<boolean> {
  for (const [i, certificate] of path.entries()) {
    const { notBefore, notAfter } = certificate;
    if (!isWithin(timeMs, { start: notBefore, end: notAfter })) return false;
    const issuer = path[i + 1];
    if (issuer === undefined) continue;
    if (!isAuthority(issuer) || !await isIssuedBy(certificate, issuer)) {
      return false;
    }
  }
  // A leaf that is not in the root itself must have been issued by something that is.
  return path.length > 1;
}

/** RFC 5652, section 5.6. */
async function checkSigner(
  signer: SignerInfo,
  content: Uint8Array<ArrayBuffer>,
  certificate: Certificate,
): Promise<void> {
  const type = signer.byType.get(CONTENT_TYPE);
  const digest = signer.byType.get(MESSAGE_DIGEST);
  if (
    type === undefined || objectId(type) !== TST_INFO ||
    digest?.tag !== TAG.octetString
  ) {
    throw invalidTime("its signed attributes do not name it");
  }
  if (!areEqual(await hash(signer.digestAlgorithm, content), digest.content)) {
    throw invalidTime("it was changed");
  }
  const key = await importPublicKey(
    certificate.publicKey,
    "of the timestamp authority",
  );
  const name = HASHES[signer.digestAlgorithm];
  if (name === "SHA-512") {
    throw invalidTime("it is signed with SHA-512, which is not verified here");
  }
  const options: { readonly hash?: SignatureHash | undefined } = { hash: name };
  if (await isSignedBy(key, signer.attributes, signer.signature, options)) {
    return;
  }
  throw invalidTime("the authority did not make it");
}

async function hash(
  algorithm: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = HASHES[algorithm];
  if (name === undefined) {
    throw malformed(WHAT, "it uses a hash that is not known here");
  }
  return new Uint8Array(await crypto.subtle.digest(name, bytes));
}

function invalidTime(why: string, cause?: unknown): ForgeError {
  return new ForgeError(
    "SIGNATURE_TIME_INVALID",
    `Cannot accept the timestamp of the signature: ${why}`,
    { hint: DO_NOT_USE, cause },
  );
}
