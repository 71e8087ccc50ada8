/**
 * Whether an image was signed by somebody who is trusted.
 *
 * Nothing here can reach a network or a disk. Whatever cannot be verified is
 * refused: there is no answer between yes and an error.
 *
 * @see {@link https://github.com/sigstore/architecture-docs/blob/main/client-spec.md}
 *
 * @module
 */

import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import { decodeBase64 } from "./base64.ts";
import { parseBundle } from "./bundle.ts";
import { checkCertificate } from "./keyless.ts";
import { IN_TOTO_PAYLOAD, preAuthEncoding } from "./dsse.ts";
import { type LogEntry, parseLogAnnotation } from "./log_entry.ts";
import { parsePem } from "./pem.ts";
import type { TrustPolicy } from "./policy.ts";
import type { PublicKey } from "./public_key.ts";
import { isSignedBy } from "./read_public_key.ts";
import { malformed, quoted, refusal } from "./refusal.ts";
import { readSimpleSigning } from "./simple_signing.ts";
import type { ImageSignature } from "./signature.ts";
import { readStatement } from "./statement.ts";
import {
  MAX_SIGNATURES,
  type VerifiedSignature,
  type VerifySignaturesOptions,
} from "./verify.ts";

/** What {@linkcode firstTrusted} found. */
export interface TrustedSignature {
  /** The signature that holds. */
  readonly signature: ImageSignature;
  /** What it says. */
  readonly verified: VerifiedSignature;
}

/**
 * As `verifySignatures`; gives the signature that holds as well, to
 * be kept.
 *
 * @throws {ForgeError} As `verifySignatures`.
 */
export async function firstTrusted(
  signatures: readonly ImageSignature[],
  options: VerifySignaturesOptions,
): Promise<TrustedSignature> {
  const refusals: ForgeError[] = [];
  for (const signature of signatures.slice(0, MAX_SIGNATURES)) {
    try {
      return { signature, verified: await verifySignature(signature, options) };
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      refusals.push(error);
    }
  }
  throw mostTelling(refusals) ?? refusal(
    "SIGNATURE_MISSING",
    `Cannot trust ${options.subjects[0]}: it is not signed`,
    "Ask the publisher to sign it with forge sign or cosign sign",
  );
}

/**
 * Verifies one signature.
 *
 * @throws {ForgeError} One of the `SIGNATURE_` or `CERTIFICATE_` codes.
 */
export async function verifySignature(
  signature: ImageSignature,
  { subjects, policy }: VerifySignaturesOptions,
): Promise<VerifiedSignature> {
  const claim = signature.form === "bundle"
    ? readBundle(signature.bundle)
    : readOldForm(signature);
  const signer = await signerOf(claim, policy);
  // Only now, when somebody who is trusted vouches for them, are the bytes read.
  const digests = claim.form === "bundle"
    ? readStatement(claim.payload)
    : [readSimpleSigning(claim.payload).digest];
  const subject = subjects.find((each) => digests.includes(each));
  if (subject === undefined) {
    throw refusal(
      "SIGNATURE_SUBJECT_MISMATCH",
      `Cannot accept the signature: it is of ${
        quoted(digests[0] ?? "nothing")
      }, not of ${subjects.join(" or ")}`,
    );
  }
  return { form: claim.form, subject, ...signer };
}

/** A signature as both forms have it. */
export interface SignatureClaim {
  readonly form: ImageSignature["form"];
  /** What the signature is over. */
  readonly signed: Uint8Array<ArrayBuffer>;
  /** What of that is to be read. */
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
  /** DER. */
  readonly certificate?: Uint8Array<ArrayBuffer> | undefined;
  readonly logEntries: readonly LogEntry[];
  /** RFC 3161, DER. */
  readonly timestamps: readonly Uint8Array<ArrayBuffer>[];
}

function readBundle(bytes: Uint8Array<ArrayBuffer>): SignatureClaim {
  const { envelope, certificate, logEntries, timestamps } = parseBundle(bytes);
  const { payloadType, payload, signature } = envelope;
  if (payloadType !== IN_TOTO_PAYLOAD) {
    throw refusal(
      "SIGNATURE_TYPE_MISMATCH",
      `Cannot accept the signature: it is of ${
        quoted(payloadType)
      }, not of a statement`,
      "Sign the image itself, with forge sign or cosign sign",
    );
  }
  const signed = preAuthEncoding(payloadType, payload);
  return {
    form: "bundle",
    signed,
    payload,
    signature,
    certificate,
    logEntries,
    timestamps,
  };
}

function readOldForm(
  source: Extract<ImageSignature, { form: "simplesigning" }>,
): SignatureClaim {
  const { payload, certificate, logEntry } = source;
  return {
    form: "simplesigning",
    signed: payload,
    payload,
    signature: decodeBase64(source.signature, "the signature"),
    certificate: certificate === undefined ? undefined : leafOf(certificate),
    logEntries: logEntry === undefined ? [] : [parseLogAnnotation(logEntry)],
    timestamps: [],
  };
}

function leafOf(pem: string): Uint8Array<ArrayBuffer> {
  const [block] = parsePem(pem, "the certificate");
  if (block?.label === "CERTIFICATE") return block.bytes;
  throw malformed("the certificate", "it is not PEM");
}

async function signerOf(
  claim: SignatureClaim,
  policy: TrustPolicy,
): Promise<Pick<VerifiedSignature, "signer" | "signedAtMs">> {
  const { key, problem } = await keyOf(claim, policy.keys);
  if (key !== undefined) {
    const { name, fingerprint } = key;
    return { signer: { kind: "key", name, fingerprint } };
  }
  if (policy.identities.length > 0 && claim.certificate !== undefined) {
    return await checkCertificate(
      { ...claim, certificate: claim.certificate },
      policy,
    );
  }
  throw problem ?? untrusted(policy);
}

/** The key that made a signature, if any; a signature that is damaged is so for all keys of its kind. */
async function keyOf(
  { signed, signature }: SignatureClaim,
  keys: readonly PublicKey[],
): Promise<
  { readonly key?: PublicKey; readonly problem?: ForgeError | undefined }
> {
  let problem: ForgeError | undefined;
  let failures = 0;
  for (const key of keys) {
    try {
      if (await isSignedBy(key, signed, signature)) return { key };
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      problem = error;
      failures++;
    }
  }
  return failures === keys.length ? { problem } : {};
}

function untrusted({ keys, identities }: TrustPolicy): ForgeError {
  const names = keys.map(({ name }) => `"${name}"`).join(", ");
  const message = keys.length === 0
    ? "Cannot accept the signature: it has no certificate, and no key is trusted"
    : `Cannot accept the signature: ${names} did not make it, or what it signs was changed`;
  return refusal(
    "SIGNATURE_UNTRUSTED",
    message,
    identities.length > 0 && keys.length === 0
      ? "Trust the public key of the publisher, or have the image signed with an identity"
      : "Check that the trusted key is that of the publisher; if it is, do not use the image",
  );
}

/** From what says most about a forgery to what says least. */
const TELLING: readonly ForgeErrorCode[] = [
  "SIGNATURE_SUBJECT_MISMATCH",
  "SIGNATURE_TYPE_MISMATCH",
  "CERTIFICATE_IDENTITY_MISMATCH",
  "CERTIFICATE_EXPIRED",
  "CERTIFICATE_NOT_LOGGED",
  "CERTIFICATE_UNTRUSTED",
  "CERTIFICATE_INVALID",
  "SIGNATURE_TIME_INVALID",
  "SIGNATURE_LOG_INVALID",
  "SIGNATURE_UNTRUSTED",
  "SIGNATURE_UNSUPPORTED",
  "SIGNATURE_MALFORMED",
];

function mostTelling(refusals: readonly ForgeError[]): ForgeError | undefined {
  const rank = ({ code }: ForgeError) => {
    const at = TELLING.indexOf(code);
    return at < 0 ? TELLING.length : at;
  };
  const [first, ...others] = [...refusals].sort((a, b) => rank(a) - rank(b));
  if (first === undefined || others.length === 0) return first;
  return new ForgeError(
    first.code,
    `${first.message} (and ${others.length} more of its signatures cannot be accepted)`,
    { hint: first.hint, cause: first },
  );
}
