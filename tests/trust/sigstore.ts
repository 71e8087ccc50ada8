/**
 * A Sigstore instance of our own for tests: an authority that issues
 * certificates (Fulcio), a certificate log, a transparency log (Rekor) and a
 * timestamp authority, each with keys that are made for the test.
 *
 * @module
 */

import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import {
  bitString,
  booleanTrue,
  der,
  objectId,
  octetString,
  sequence,
  smallInteger,
  time,
  utf8String,
} from "../../src/testing/der.ts";

/** A key of P-256 with its public half in DER. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly spki: Uint8Array;
}

/** What a certificate may say otherwise than it should. */
export interface CertificateOptions {
  readonly identity?: string;
  readonly issuer?: string;
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Leave out, or repeat, extensions by object identifier. */
  readonly alterExtensions?: (extensions: Map<string, Uint8Array>) => void;
  /** Issue it by a key that nobody knows. */
  readonly isForged?: boolean;
  /** Without the timestamp of the certificate log. */
  readonly isUnlogged?: boolean;
}

/** What a log entry may say otherwise. */
export interface LogOptions {
  readonly timeMs?: number;
  readonly promise?: boolean;
  readonly proof?: boolean;
  readonly body?: Uint8Array;
}

/** When everything happens: within the ten minutes of a certificate. */
export const SIGNED_AT = Date.UTC(2026, 0, 15, 12, 0, 0);
export const IDENTITY =
  "https://github.com/acme/notes/.github/workflows/release.yml@refs/tags/v1.0.0";
export const ISSUER = "https://token.actions.githubusercontent.com";

const MINUTE = 60_000;
const YEAR = 365 * 24 * 60 * MINUTE;
const ECDSA_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";
const SHA256 = sequence(objectId("2.16.840.1.101.3.4.2.1"));

/** Makes a key. */
export function newKey(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
  });
  return {
    privateKey,
    spki: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
  };
}

/** Signs as everything here does: ECDSA with SHA-256, in DER. */
export function signDer(key: KeyPair, data: Uint8Array): Uint8Array {
  return new Uint8Array(sign("sha256", data, key.privateKey));
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines = base64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}

const encode = (text: string) => new TextEncoder().encode(text);

/** An instance. */
export class Sigstore {
  readonly root = newKey();
  readonly intermediate = newKey();
  readonly certificateLog = newKey();
  readonly signatureLog = newKey();
  readonly timestampKey = newKey();
  readonly rootCertificate: Uint8Array;
  readonly intermediateCertificate: Uint8Array;
  readonly timestampCertificate: Uint8Array;

  constructor() {
    const authority = (
      name: string,
      issuerName: string,
      issuer: KeyPair,
      subject: KeyPair,
    ) =>
      certificate(issuer, {
        name,
        issuerName,
        spki: subject.spki,
        serial: 1,
        notBefore: SIGNED_AT - YEAR,
        notAfter: SIGNED_AT + YEAR,
        extensions: [
          extension("2.5.29.19", sequence(booleanTrue()), true),
          extension("2.5.29.15", der(0x03, Uint8Array.of(1, 0x06)), true),
        ],
      });
    this.rootCertificate = authority("root", "root", this.root, this.root);
    this.intermediateCertificate = authority(
      "intermediate",
      "root",
      this.root,
      this.intermediate,
    );
    this.timestampCertificate = certificate(this.root, {
      name: "timestamps",
      issuerName: "root",
      spki: this.timestampKey.spki,
      serial: 7,
      notBefore: SIGNED_AT - YEAR,
      notAfter: SIGNED_AT + YEAR,
      extensions: [
        extension("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.8")), true),
      ],
    });
  }

  /** `trusted_root.json`. */
  trustedRoot() {
    const since = { start: new Date(SIGNED_AT - YEAR).toISOString() };
    const log = ({ spki }: KeyPair) => ({
      baseUrl: "https://log.test",
      hashAlgorithm: "SHA2_256",
      publicKey: {
        rawBytes: base64(spki),
        keyDetails: "PKIX_ECDSA_P256_SHA_256",
        validFor: since,
      },
      logId: { keyId: base64(sha256(spki)) },
    });
    const chain = (...certificates: readonly Uint8Array[]) => ({
      certChain: {
        certificates: certificates.map((each) => ({ rawBytes: base64(each) })),
      },
      validFor: since,
    });
    return {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [log(this.signatureLog)],
      certificateAuthorities: [
        chain(this.intermediateCertificate, this.rootCertificate),
      ],
      ctlogs: [log(this.certificateLog)],
      timestampAuthorities: [
        chain(this.timestampCertificate, this.rootCertificate),
      ],
    };
  }

  trustedRootBytes(): Uint8Array<ArrayBuffer> {
    return encode(JSON.stringify(this.trustedRoot()));
  }

  /** A signing certificate, with the timestamp of the certificate log in it. */
  certify(spki: Uint8Array, options: CertificateOptions = {}): Uint8Array {
    const { identity = IDENTITY, issuer = ISSUER } = options;
    const name = identity.includes("://")
      ? der(0x86, encode(identity))
      : der(0x81, encode(identity));
    const found = new Map([
      [
        "2.5.29.15",
        extension("2.5.29.15", der(0x03, Uint8Array.of(7, 0x80)), true),
      ],
      [
        "2.5.29.37",
        extension("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.3"))),
      ],
      ["2.5.29.17", extension("2.5.29.17", sequence(name), true)],
      [
        "1.3.6.1.4.1.57264.1.1",
        extension("1.3.6.1.4.1.57264.1.1", encode(issuer)),
      ],
      [
        "1.3.6.1.4.1.57264.1.8",
        extension("1.3.6.1.4.1.57264.1.8", utf8String(issuer)),
      ],
    ]);
    options.alterExtensions?.(found);
    const body = {
      name: "",
      issuerName: "intermediate",
      spki,
      serial: 5,
      notBefore: options.notBefore ?? SIGNED_AT - MINUTE,
      notAfter: options.notAfter ?? SIGNED_AT + 9 * MINUTE,
    };
    const key = options.isForged ? newKey() : this.intermediate;
    if (options.isUnlogged) {
      return certificate(key, { ...body, extensions: [...found.values()] });
    }
    const bare = toBeSigned({ ...body, extensions: [...found.values()] });
    const sct = this.#certificateTimestamp(bare, body.notBefore);
    const list = octetString(
      join(Uint8Array.of(0, sct.byteLength + 2, 0, sct.byteLength), sct),
    );
    const extensions = [...found.values(), extension(SCT_LIST, list)];
    return certificate(key, { ...body, extensions });
  }

  /** RFC 6962, section 3.2. */
  #certificateTimestamp(tbs: Uint8Array, atMs: number): Uint8Array {
    const timestamp = new Uint8Array(8);
    new DataView(timestamp.buffer).setBigUint64(0, BigInt(atMs));
    const size = tbs.byteLength;
    const signed = join(
      Uint8Array.of(0, 0),
      timestamp,
      Uint8Array.of(0, 1),
      sha256(this.intermediate.spki),
      Uint8Array.of(size >> 16, (size >> 8) & 0xff, size & 0xff),
      tbs,
      Uint8Array.of(0, 0),
    );
    const signature = signDer(this.certificateLog, signed);
    return join(
      Uint8Array.of(0),
      sha256(this.certificateLog.spki),
      timestamp,
      Uint8Array.of(0, 0, 4, 3, 0, signature.byteLength),
      signature,
    );
  }

  /** An entry of the transparency log, as a bundle carries it: the third leaf of a tree of five. */
  logEntry(body: Uint8Array, options: LogOptions = {}) {
    const seconds = Math.floor((options.timeMs ?? SIGNED_AT) / 1000);
    const logId = sha256(this.signatureLog.spki);
    const hex = Array.from(logId, (byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    const promised = `{"body":"${
      base64(body)
    }","integratedTime":${seconds},"logID":"${hex}","logIndex":42}`;
    const leaf = (content: Uint8Array) => sha256(Uint8Array.of(0), content);
    const node = (left: Uint8Array, right: Uint8Array) =>
      sha256(Uint8Array.of(1), left, right);
    const [a, b, d, e] = ["a", "b", "d", "e"].map((text) =>
      leaf(encode(text))
    ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const left = node(a, b);
    const root = node(node(left, node(leaf(body), d)), e);
    const note = `log.test - 1\n5\n${base64(root)}\n`;
    const signature = join(
      logId.subarray(0, 4),
      signDer(this.signatureLog, encode(note)),
    );
    return {
      logIndex: "42",
      logId: { keyId: base64(logId) },
      kindVersion: { kind: "dsse", version: "0.0.1" },
      integratedTime: String(seconds),
      ...(options.promise === false ? {} : {
        inclusionPromise: {
          signedEntryTimestamp: base64(
            signDer(this.signatureLog, encode(promised)),
          ),
        },
      }),
      ...(options.proof === false ? {} : {
        inclusionProof: {
          logIndex: "2",
          rootHash: base64(root),
          treeSize: "5",
          hashes: [d, left, e].map(base64),
          checkpoint: {
            envelope: `${note}\n\u2014 log.test ${base64(signature)}\n`,
          },
        },
      }),
      canonicalizedBody: base64(body),
    };
  }

  /** A timestamp of a signature (RFC 3161). */
  timestamp(signature: Uint8Array, atMs = SIGNED_AT): Uint8Array {
    const info = sequence(
      smallInteger(1),
      objectId("1.2.3.4"),
      sequence(SHA256, octetString(sha256(signature))),
      smallInteger(9),
      der(
        0x18,
        encode(new Date(atMs).toISOString().replace(/[-:T]|\.[0-9]+/g, "")),
      ),
    );
    const attribute = (id: string, value: Uint8Array) =>
      sequence(objectId(id), der(0x31, value));
    const tstInfo = objectId("1.2.840.113549.1.9.16.1.4");
    const attributes = [
      attribute("1.2.840.113549.1.9.3", tstInfo),
      attribute("1.2.840.113549.1.9.4", octetString(sha256(info))),
    ];
    const signed = signDer(this.timestampKey, der(0x31, ...attributes));
    const signer = sequence(
      smallInteger(1),
      sequence(distinguishedName("root"), smallInteger(7)),
      SHA256,
      der(0xa0, ...attributes),
      ECDSA_SHA256,
      octetString(signed),
    );
    const data = sequence(
      smallInteger(3),
      der(0x31, SHA256),
      sequence(tstInfo, der(0xa0, octetString(info))),
      der(0xa0, this.timestampCertificate),
      der(0x31, signer),
    );
    return sequence(
      sequence(smallInteger(0)),
      sequence(objectId("1.2.840.113549.1.7.2"), der(0xa0, data)),
    );
  }
}

/** The DSSE entry of a log (Rekor, pkg/types/dsse, version 0.0.1). */
export function dsseBody(
  payload: Uint8Array,
  signature: Uint8Array,
  certificate: Uint8Array,
): Uint8Array {
  const hex = (bytes: Uint8Array) =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return encode(JSON.stringify({
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: { algorithm: "sha256", value: hex(sha256(encode("?"))) },
      payloadHash: { algorithm: "sha256", value: hex(sha256(payload)) },
      signatures: [{
        signature: base64(signature),
        verifier: base64(encode(pem("CERTIFICATE", certificate))),
      }],
    },
  }));
}

/** The entry of cosign's old form (Rekor, pkg/types/hashedrekord, version 0.0.1). */
export function hashedRekordBody(
  payload: Uint8Array,
  signature: Uint8Array,
  certificate: Uint8Array,
): Uint8Array {
  const value = Array.from(
    sha256(payload),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  return encode(JSON.stringify({
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value } },
      signature: {
        content: base64(signature),
        publicKey: { content: base64(encode(pem("CERTIFICATE", certificate))) },
      },
    },
  }));
}

interface Body {
  readonly name: string;
  readonly issuerName: string;
  readonly spki: Uint8Array;
  readonly serial: number;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Uint8Array[];
}

function certificate(issuer: KeyPair, body: Body): Uint8Array {
  const tbs = toBeSigned(body);
  return sequence(tbs, ECDSA_SHA256, bitString(signDer(issuer, tbs)));
}

/** RFC 5280, section 4.1.2. */
function toBeSigned(body: Body): Uint8Array {
  return sequence(
    der(0xa0, smallInteger(2)),
    smallInteger(body.serial),
    ECDSA_SHA256,
    distinguishedName(body.issuerName),
    sequence(time(body.notBefore), time(body.notAfter)),
    body.name === "" ? sequence() : distinguishedName(body.name),
    body.spki,
    der(0xa3, sequence(...body.extensions)),
  );
}

/** An extension (RFC 5280, section 4.1). */
export function extension(
  id: string,
  value: Uint8Array,
  isCritical = false,
): Uint8Array {
  return sequence(
    objectId(id),
    ...(isCritical ? [booleanTrue()] : []),
    octetString(value),
  );
}

function distinguishedName(commonName: string): Uint8Array {
  return sequence(
    der(0x31, sequence(objectId("2.5.4.3"), utf8String(commonName))),
  );
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(
    parts.reduce((sum, part) => sum + part.byteLength, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
