/**
 * From a signing certificate to an authority of the trusted root.
 *
 * Only certificates of the trusted root stand between: what comes with a
 * signature is never used to build the chain.
 *
 * @module
 */

import { type Certificate, isIssuedBy } from "./certificate.ts";
import { checkAuthority, checkSigningCertificate } from "./certificate_use.ts";
import { refusal } from "./refusal.ts";
import { isWithin } from "./read_trusted_root.ts";
import type { Authority, TrustedRoot } from "./trusted_root.ts";

/**
 * Checks that an authority of the trusted root issued a certificate, and that
 * all of the chain was valid when it signed (RFC 5280, section 6.1; Sigstore
 * client specification, "Certificate Path Validation").
 *
 * @param atMs When it signed, in milliseconds since the epoch, from a source
 * that is trusted.
 * @returns The certificate that issued it.
 * @throws {ForgeError} `CERTIFICATE_UNTRUSTED`, `CERTIFICATE_EXPIRED`,
 * `CERTIFICATE_INVALID`.
 */
export async function checkChain(
  certificate: Certificate,
  atMs: number,
  root: Pick<TrustedRoot, "authorities" | "name">,
): Promise<Certificate> {
  checkSigningCertificate(certificate);
  // The same authority may stand there twice, its older range first.
  const [valid, others] = partition(root.authorities, atMs);
  const issuing = await authorityOf(certificate, [...valid, ...others]);
  if (issuing === undefined) {
    throw refusal(
      "CERTIFICATE_UNTRUSTED",
      `Cannot accept the signing certificate: no authority of the trusted root "${root.name}" issued it`,
      "Name the trusted root of the Sigstore instance that the publisher signs with",
    );
  }
  const { certificates, validFor } = issuing;
  checkValidity(certificate, atMs);
  for (const each of certificates) checkValidity(each, atMs);
  if (!isWithin(atMs, validFor)) {
    throw expired("its authority was not to be trusted then", atMs);
  }
  const [issuer] = certificates;
  return issuer as Certificate;
}

function partition(authorities: readonly Authority[], atMs: number) {
  const valid = authorities.filter((each) => isWithin(atMs, each.validFor));
  return [valid, authorities.filter((each) => !valid.includes(each))] as const;
}

/** The authority whose chain holds all the way; which certificates it has is decided by the root, not by the signer. */
async function authorityOf(
  certificate: Certificate,
  authorities: readonly Authority[],
): Promise<Authority | undefined> {
  for (const authority of authorities) {
    if (await leadsTo(certificate, authority.certificates)) return authority;
  }
  return undefined;
}

async function leadsTo(
  certificate: Certificate,
  chain: readonly Certificate[],
): Promise<boolean> {
  let below = certificate;
  for (const [i, authority] of chain.entries()) {
    if (!await isIssuedBy(below, authority)) return false;
    checkAuthority(authority, i);
    below = authority;
  }
  return chain.length > 0;
}

function checkValidity(certificate: Certificate, atMs: number): void {
  const { notBefore, notAfter } = certificate;
  if (isWithin(atMs, { start: notBefore, end: notAfter })) return;
  const range = `${iso(notBefore)} to ${iso(notAfter)}`;
  throw expired(`it is valid from ${range}`, atMs);
}

function expired(why: string, atMs: number) {
  return refusal(
    "CERTIFICATE_EXPIRED",
    `Cannot accept the signing certificate: it signed at ${
      iso(atMs)
    }, and ${why}`,
    "Have the image signed again",
  );
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
