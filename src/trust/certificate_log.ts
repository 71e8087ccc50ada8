/**
 * Whether a certificate log has seen a signing certificate (Certificate
 * Transparency, RFC 6962): the timestamps that are embedded in it (SCTs).
 *
 * @module
 */

import { digestBytes, digestHex } from "../oci/mod.ts";
import {
  areEqual,
  type Certificate,
  readingCertificateAsync,
} from "./certificate.ts";
import { childrenOf, objectId, readDer, TAG } from "./der.ts";
import { isSignedBy } from "./read_public_key.ts";
import { malformed, refusal } from "./refusal.ts";
import { isWithin } from "./read_trusted_root.ts";
import type { TrustedLog, TrustedRoot } from "./trusted_root.ts";

/** The extension with embedded timestamps (RFC 6962, section 3.3). */
const SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";
const WHAT = "the certificate timestamps";

/** One timestamp of a log (RFC 6962, section 3.2). */
interface CertificateTimestamp {
  readonly logId: Uint8Array<ArrayBuffer>;
  readonly timestampMs: number;
  /** As on the wire: 8 bytes. */
  readonly timestamp: Uint8Array<ArrayBuffer>;
  readonly extensions: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Checks that at least one certificate log of the trusted root has seen a
 * certificate.
 *
 * @param issuer The certificate that issued it.
 * @throws {ForgeError} `CERTIFICATE_NOT_LOGGED`, `CERTIFICATE_INVALID`.
 */
export async function checkCertificateLog(
  certificate: Certificate,
  issuer: Certificate,
  root: Pick<TrustedRoot, "certificateLogs" | "name">,
): Promise<void> {
  const isLogged = await readingCertificateAsync(async () => {
    for (const each of timestampsOf(certificate)) {
      const log = root.certificateLogs.find(({ id }) =>
        areEqual(id, each.logId)
      );
      if (log === undefined || !isWithin(each.timestampMs, log.validFor)) {
        continue;
      }
      if (await isTimestampOf(each, log, { certificate, issuer })) return true;
    }
    return false;
  });
  if (isLogged) return;
  throw refusal(
    "CERTIFICATE_NOT_LOGGED",
    `Cannot accept the signing certificate: no certificate log of the trusted root "${root.name}" vouches for it`,
    "Name the trusted root of the Sigstore instance that the publisher signs with",
  );
}

/** RFC 6962, section 3.2: what a log signs is the certificate without the timestamps. */
async function isTimestampOf(
  sct: CertificateTimestamp,
  { key }: TrustedLog,
  about: { readonly certificate: Certificate; readonly issuer: Certificate },
): Promise<boolean> {
  const issuerHash = digestHex(await digestBytes(about.issuer.publicKey));
  const body = withoutTimestamps(about.certificate.tbs);
  const { byteLength: size } = body;
  const signed = join(
    // Version 1, certificate_timestamp.
    Uint8Array.of(0, 0),
    sct.timestamp,
    // precert_entry.
    Uint8Array.of(0, 1),
    Uint8Array.from(issuerHash.match(/../g) ?? [], (hex) => parseInt(hex, 16)),
    Uint8Array.of(size >> 16, (size >> 8) & 0xff, size & 0xff),
    body,
    Uint8Array.of(
      sct.extensions.byteLength >> 8,
      sct.extensions.byteLength & 0xff,
    ),
    sct.extensions,
  );
  return await isSignedBy(key, signed, sct.signature, { hash: "SHA-256" });
}

function timestampsOf(
  { extensions }: Certificate,
): readonly CertificateTimestamp[] {
  const extension = extensions.get(SCT_LIST);
  if (extension === undefined) return [];
  const list = readDer(extension.value, WHAT);
  if (list.tag !== TAG.octetString) {
    throw malformed(WHAT, "they are no octet string");
  }
  const outer = new WireReader(list.content);
  const all = new WireReader(outer.vector());
  outer.end();
  const found: CertificateTimestamp[] = [];
  while (!all.isAtEnd) {
    const timestamp = parseTimestamp(all.vector());
    if (timestamp !== undefined) found.push(timestamp);
  }
  return found;
}

/** Other versions and algorithms are left out: a log that is known may stand beside. */
function parseTimestamp(
  bytes: Uint8Array<ArrayBuffer>,
): CertificateTimestamp | undefined {
  const reader = new WireReader(bytes);
  if (reader.number(1) !== 0) return undefined;
  const logId = reader.take(32);
  const timestamp = reader.take(8);
  const extensions = reader.vector();
  // SHA-256 with ECDSA or RSA (RFC 5246, section 7.4.1.4.1).
  const algorithm = reader.number(2);
  const signature = reader.vector();
  reader.end();
  if (algorithm !== 0x0403 && algorithm !== 0x0401) return undefined;
  const timestampMs = Number(
    new DataView(timestamp.slice().buffer).getBigUint64(0),
  );
  return { logId, timestamp, timestampMs, extensions, signature };
}

/** The part that is signed, without the one extension; lengths anew. */
function withoutTimestamps(
  tbs: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const parts = childrenOf(readDer(tbs, WHAT), TAG.sequence).map((part) => {
    if (part.tag !== 0xa3) return part.raw;
    const extensions = childrenOf(part).flatMap((list) =>
      childrenOf(list, TAG.sequence)
    );
    const kept = extensions.filter((each) => {
      const [id] = childrenOf(each, TAG.sequence);
      return id === undefined || objectId(id) !== SCT_LIST;
    });
    return encode(0xa3, encode(TAG.sequence, ...kept.map(({ raw }) => raw)));
  });
  return encode(TAG.sequence, ...parts);
}

function encode(
  tag: number,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const content = join(...parts);
  const length: number[] = [];
  for (let rest = content.byteLength; rest > 0; rest = Math.floor(rest / 256)) {
    length.unshift(rest % 256);
  }
  const head = content.byteLength < 0x80
    ? [tag, content.byteLength]
    : [tag, 0x80 | length.length, ...length];
  return join(Uint8Array.from(head), content);
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const joined = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}

/** The presentation language of TLS (RFC 8446, section 3), as far as it goes here. */
class WireReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.byteLength;
  }

  take(count: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.byteLength !== count) throw malformed(WHAT, "they are cut short");
    this.#at += count;
    return taken;
  }

  number(width: number): number {
    return this.take(width).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** Bytes with two bytes of length in front. */
  vector(): Uint8Array<ArrayBuffer> {
    return this.take(this.number(2));
  }

  end(): void {
    if (!this.isAtEnd) throw malformed(WHAT, "bytes follow after their end");
  }
}
