/**
 * What a certificate may be used for, and whom it names.
 *
 * @module
 */

import {
  type Certificate,
  invalid,
  readingCertificate,
} from "./certificate.ts";
import {
  booleanValue,
  childrenOf,
  type DerElement,
  objectId,
  readDer,
  TAG,
  unsignedInteger,
} from "./der.ts";
import { decodeUtf8 } from "./strict_json.ts";

/** Object identifiers of extensions (RFC 5280, section 4.2.1). */
const EXTENSION = {
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
} as const;
/** `id-kp-codeSigning` (RFC 5280, section 4.2.1.12). */
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
/** `id-kp-timeStamping` (RFC 5280, section 4.2.1.12). */
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
/** Fulcio, docs/oid-info.md: the issuer as bare text, and as UTF8String. */
const ISSUER_V1 = "1.3.6.1.4.1.57264.1.1";
const ISSUER_V2 = "1.3.6.1.4.1.57264.1.8";
/** Fulcio, docs/oid-info.md: a user name as an otherName. */
const USERNAME = "1.3.6.1.4.1.57264.1.7";
/** Bits of keyUsage in its first byte (RFC 5280, section 4.2.1.3). */
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;
const WHAT = "the certificate";

/** Extensions that are looked at; any other that is critical refuses the certificate. */
const UNDERSTOOD: ReadonlySet<string> = new Set(Object.values(EXTENSION));

/** Who signed, as a certificate has it. */
export interface SignerIdentity {
  /** The one subject alternative name: a mail address or a URI. */
  readonly identity: string;
  /** Who said so: the URL of the identity provider. */
  readonly issuer: string;
}

/**
 * Checks a certificate that signed an image (Fulcio, docs/certificate-specification.md).
 *
 * @throws {ForgeError} `CERTIFICATE_INVALID`.
 */
export function checkSigningCertificate(certificate: Certificate): void {
  refuseUnknownCritical(certificate);
  if (isAuthority(certificate)) throw invalid("it is that of an authority");
  if (!usages(certificate, DIGITAL_SIGNATURE)) {
    throw invalid("it is not for digital signatures");
  }
  if (!extendedUsages(certificate)?.includes(CODE_SIGNING)) {
    throw invalid("it is not for signing code");
  }
}

/**
 * Checks a certificate that issued another one (RFC 5280, section 6.1.4).
 *
 * @param below How many authorities stand between it and the signer.
 * @throws {ForgeError} `CERTIFICATE_INVALID`.
 */
export function checkAuthority(certificate: Certificate, below: number): void {
  refuseUnknownCritical(certificate);
  if (!isAuthority(certificate)) throw invalid("its issuer is no authority");
  if (
    certificate.extensions.has(EXTENSION.keyUsage) &&
    !usages(certificate, KEY_CERT_SIGN)
  ) {
    throw invalid("its issuer may not sign certificates");
  }
  const extended = extendedUsages(certificate);
  if (extended !== undefined && !extended.includes(CODE_SIGNING)) {
    throw invalid("its issuer is not for signing code");
  }
  if (below > (pathLength(certificate) ?? Infinity)) {
    throw invalid("its chain is longer than its issuer allows");
  }
}

/** Whether a certificate is for timestamps and nothing else (RFC 3161, section 2.3). */
export function isTimestampAuthority(certificate: Certificate): boolean {
  const extended = extendedUsages(certificate);
  return extended?.length === 1 && extended[0] === TIME_STAMPING;
}

/**
 * Reads who signed.
 *
 * @throws {ForgeError} `CERTIFICATE_INVALID` when there is not exactly one
 * name, or no issuer, or two that differ.
 */
export function identityOf(certificate: Certificate): SignerIdentity {
  return readingCertificate(() => ({
    identity: nameOf(certificate),
    issuer: issuerOf(certificate),
  }));
}

function nameOf({ extensions }: Certificate): string {
  const extension = extensions.get(EXTENSION.subjectAltName);
  if (extension === undefined) throw invalid("it names nobody");
  const names = childrenOf(readDer(extension.value, WHAT), TAG.sequence);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    throw invalid(`it has ${names.length} names, not one`);
  }
  // RFC 5280, section 4.2.1.6: rfc822Name, URI, otherName.
  if (name.tag === 0x81) return ofForm("mail address", ascii(name));
  if (name.tag === 0x86) return ofForm("URI", ascii(name));
  if (name.tag !== 0xa0) {
    throw invalid("its name is neither a mail address nor a URI");
  }
  const [type, value] = childrenOf(name);
  if (
    type === undefined || value === undefined || objectId(type) !== USERNAME
  ) {
    throw invalid("its name is of a kind that is not known here");
  }
  return ofForm("user name", utf8(childrenOf(value)[0]));
}

/** No name of one kind reads like one of another: policies do not say which they mean. */
const FORMS = {
  "mail address": /^[^\s@:]+@[^\s@:/]+$/,
  "URI": /^[a-z][a-z\d+.-]*:[^\s]+$/i,
  // Fulcio, docs/oid-info.md: `username!domain`.
  "user name": /^[^\s@:/!]+![^\s@:/!]+$/,
} as const;

function ofForm(kind: keyof typeof FORMS, text: string): string {
  if (FORMS[kind].test(text)) return text;
  throw invalid(`its name is to be a ${kind} and is none`);
}

function issuerOf({ extensions }: Certificate): string {
  const old = extensions.get(ISSUER_V1);
  const current = extensions.get(ISSUER_V2);
  const found = [
    ...(current ? [utf8(readDer(current.value, WHAT))] : []),
    ...(old ? [decodeUtf8(old.value, WHAT)] : []),
  ];
  const [issuer, other = issuer] = found;
  if (issuer === undefined || issuer === "") {
    throw invalid("it does not say who identified the signer");
  }
  if (other !== issuer) throw invalid("it names two issuers of the identity");
  return issuer;
}

/** Whether a certificate may issue others (RFC 5280, section 4.2.1.9). */
export function isAuthority(certificate: Certificate): boolean {
  const [first] = constraints(certificate);
  return first?.tag === TAG.boolean && booleanValue(first);
}

function pathLength(certificate: Certificate): number | undefined {
  const [, second] = constraints(certificate);
  if (second === undefined) return undefined;
  const digits = unsignedInteger(second);
  return digits.byteLength > 1 ? Infinity : digits[0];
}

function constraints({ extensions }: Certificate): readonly DerElement[] {
  const extension = extensions.get(EXTENSION.basicConstraints);
  if (extension === undefined) return [];
  return readingCertificate(() =>
    childrenOf(readDer(extension.value, WHAT), TAG.sequence)
  );
}

function usages({ extensions }: Certificate, bit: number): boolean {
  const extension = extensions.get(EXTENSION.keyUsage);
  if (extension === undefined) return false;
  return readingCertificate(() => {
    const { tag, content } = readDer(extension.value, WHAT);
    if (tag !== TAG.bitString) throw invalid("its key usage is malformed");
    return ((content[1] ?? 0) & bit) !== 0;
  });
}

function extendedUsages(
  { extensions }: Certificate,
): readonly string[] | undefined {
  const extension = extensions.get(EXTENSION.extendedKeyUsage);
  if (extension === undefined) return undefined;
  return readingCertificate(() =>
    childrenOf(readDer(extension.value, WHAT), TAG.sequence).map(objectId)
  );
}

function refuseUnknownCritical({ extensions }: Certificate): void {
  for (const [id, { critical }] of extensions) {
    if (critical && !UNDERSTOOD.has(id)) {
      throw invalid(
        `it has the critical extension ${id}, which is not known here`,
      );
    }
  }
}

function ascii({ content }: DerElement): string {
  const text = decodeUtf8(content, WHAT);
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw invalid("its name is not plain text");
}

function utf8(element: DerElement | undefined): string {
  if (element?.tag !== TAG.utf8String) {
    throw invalid("a text in it is malformed");
  }
  return decodeUtf8(element.content, WHAT);
}
