/**
 * Signatures by people and workflows, not keys: a certificate that lived for
 * ten minutes, and a log that saw it being used.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { checkChain } from "./certificate_chain.ts";
import { checkCertificateLog } from "./certificate_log.ts";
import {
  type Certificate,
  parseCertificate,
  readingCertificateAsync,
} from "./certificate.ts";
import { identityOf } from "./certificate_use.ts";
import { checkLogBody } from "./log_body.ts";
import type { LogEntry } from "./log_entry.ts";
import { checkIdentity, type TrustPolicy } from "./policy.ts";
import { importPublicKey, isSignedBy } from "./read_public_key.ts";
import { refusal } from "./refusal.ts";
import { checkLogEntry, logInvalid, type LogVerdict } from "./signature_log.ts";
import { checkTimestamp } from "./timestamp.ts";
import type { TrustedRoot } from "./trusted_root.ts";
import type { SignatureClaim } from "./first_trusted.ts";
import type { VerifiedSignature } from "./verify.ts";

/** A claim that a certificate is behind a signature. */
type CertifiedClaim = SignatureClaim & {
  readonly certificate: Uint8Array<ArrayBuffer>;
};

/**
 * Checks everything that a certificate vouches for a signature with, in the
 * order of the Sigstore client specification, "Verification".
 *
 * @throws {ForgeError} One of the `CERTIFICATE_` codes, `SIGNATURE_UNTRUSTED`,
 * `SIGNATURE_LOG_INVALID`, `SIGNATURE_TIME_INVALID`.
 */
export async function checkCertificate(
  claim: CertifiedClaim,
  { root, identities }: TrustPolicy,
): Promise<Pick<VerifiedSignature, "signer" | "signedAtMs">> {
  if (root === undefined) {
    throw refusal(
      "CERTIFICATE_UNTRUSTED",
      "Cannot accept the signing certificate: no trusted root is given",
      "Name the trusted_root.json of the Sigstore instance",
    );
  }
  const certificate = parseCertificate(claim.certificate);
  // "Signature Verification".
  await checkSignature(claim, certificate);
  // "Transparency Log Entry".
  const verdict = await checkLogs(claim, root);
  // "Establishing a Time for the Signature".
  const times = await timesOf(claim, verdict, root);
  // "Certificate": the path at every time, the logs, the identity.
  for (const time of times) {
    const issuer = await checkChain(certificate, time, root);
    await checkCertificateLog(certificate, issuer, root);
  }
  const signer = identityOf(certificate);
  checkIdentity(signer, identities);
  return {
    signer: { kind: "identity", ...signer },
    signedAtMs: Math.min(...times),
  };
}

async function checkSignature(
  { signed, signature }: CertifiedClaim,
  certificate: Certificate,
): Promise<void> {
  const key = await readingCertificateAsync(() =>
    importPublicKey(certificate.publicKey, "of the certificate")
  );
  if (await isSignedBy(key, signed, signature)) return;
  throw refusal(
    "SIGNATURE_UNTRUSTED",
    "Cannot accept the signature: its certificate did not make it, or what it signs was changed",
  );
}

/** One entry that holds is enough; the others may be of logs that are not known here. */
async function checkLogs(
  claim: CertifiedClaim,
  root: TrustedRoot,
): Promise<LogVerdict> {
  let problem: ForgeError | undefined;
  for (const entry of claim.logEntries) {
    try {
      return await checkLog(entry, claim, root);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      problem ??= error;
    }
  }
  throw problem ?? logInvalid("there is none");
}

async function checkLog(
  entry: LogEntry,
  claim: CertifiedClaim,
  root: TrustedRoot,
): Promise<LogVerdict> {
  const verdict = await checkLogEntry(entry, root);
  const { payload, signature, certificate } = claim;
  const form = claim.form === "bundle" ? "dsse" : "simplesigning";
  await checkLogBody(entry.body, { payload, signature, certificate, form });
  return verdict;
}

async function timesOf(
  { timestamps, signature }: CertifiedClaim,
  { integratedMs }: LogVerdict,
  root: TrustedRoot,
): Promise<readonly number[]> {
  const times = integratedMs === undefined ? [] : [integratedMs];
  let problem: ForgeError | undefined;
  for (const each of timestamps) {
    try {
      times.push(await checkTimestamp(each, signature, root));
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      problem ??= error;
    }
  }
  if (times.length > 0) return times;
  throw problem ?? refusal(
    "SIGNATURE_TIME_INVALID",
    "Cannot accept the signature: nothing that is trusted says when it was made",
    "Have it signed with a transparency log that promises entries, or a timestamp authority",
  );
}
