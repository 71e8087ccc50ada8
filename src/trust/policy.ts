/**
 * Whom to trust with signing an image.
 *
 * @module
 */

import type { SignerIdentity } from "./certificate_use.ts";
import type { PublicKey } from "./public_key.ts";
import { quoted, refusal } from "./refusal.ts";
import type { TrustedRoot } from "./trusted_root.ts";

/** Who may sign: one of the keys, or one of the identities. */
export interface TrustPolicy {
  /** Public keys. */
  readonly keys: readonly PublicKey[];
  /** Who may sign with a certificate. */
  readonly identities: readonly TrustedIdentity[];
  /** Whose certificates count; without it, none. */
  readonly root?: TrustedRoot | undefined;
}

/** Somebody who may sign with a certificate. */
export interface TrustedIdentity {
  /**
   * What the certificate must name: a mail address or a URI. A URI with a `*` at
   * its end, behind the host, stands for all that begin so, such as
   * `.../release.yml@refs/tags/*`.
   */
  readonly identity: string;
  /** The identity provider that must have said so: a URL. */
  readonly issuer: string;
}

/**
 * Whether a pattern for identities can be meant: a `*` only at the end of a
 * URI, behind its host, which others could make longer.
 */
export function isIdentityPattern(pattern: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern !== "";
  return star === pattern.length - 1 &&
    /^[a-z][a-z\d+.-]*:\/\/[^/]+\//i.test(pattern);
}

/**
 * Checks that a signer is one of those that are trusted.
 *
 * @throws {ForgeError} `CERTIFICATE_IDENTITY_MISMATCH`.
 */
export function checkIdentity(
  signer: SignerIdentity,
  trusted: readonly TrustedIdentity[],
): void {
  const isTrusted = trusted.some(({ identity, issuer }) =>
    issuer === signer.issuer && matches(identity, signer.identity)
  );
  if (isTrusted) return;
  throw refusal(
    "CERTIFICATE_IDENTITY_MISMATCH",
    `Cannot accept the signing certificate: it is that of ${
      quoted(signer.identity)
    }, identified by ${quoted(signer.issuer)}, who is not trusted`,
    "Trust this signer only if you know that the publisher signs so",
  );
}

function matches(pattern: string, identity: string): boolean {
  if (!isIdentityPattern(pattern)) return false;
  return pattern.endsWith("*")
    ? identity.startsWith(pattern.slice(0, -1))
    : identity === pattern;
}
