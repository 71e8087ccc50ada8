/**
 * Signatures by an identity, as cosign would make them with an instance of
 * Sigstore, and as somebody would who has something to hide.
 *
 * @module
 */

import type { Digest } from "../../src/oci/mod.ts";
import type { ImageSignature } from "../../src/trust/mod.ts";
import {
  base64,
  type CertificateOptions,
  dsseBody,
  hashedRekordBody,
  type LogOptions,
  newKey,
  pem,
  signDer,
  type Sigstore,
} from "./sigstore.ts";

/** What may be otherwise than it should. */
export interface KeylessOptions {
  readonly certificate?: CertificateOptions;
  readonly log?: LogOptions;
  /** No entry of a log at all. */
  readonly isUnlogged?: boolean;
  /** The timestamp, where there is one. */
  readonly timestampMs?: number;
  readonly payload?: Uint8Array;
  readonly payloadType?: string;
  /** Changes the finished bundle. */
  readonly alter?: (bundle: BundleJson) => void;
}

/** A bundle as JSON, open to be changed. */
// deno-lint-ignore no-explicit-any -- tests reach for any place in it
export type BundleJson = any;

const encode = (text: string) => new TextEncoder().encode(text);

/** The statement that signs an image. */
export function statement(
  digest: Digest,
  alter: object = {},
): Uint8Array<ArrayBuffer> {
  return encode(JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: digest.slice("sha256:".length) } }],
    predicateType: "https://sigstore.dev/cosign/sign/v1",
    ...alter,
  }));
}

/** What a DSSE signature is over, written anew so that no mistake is shared. */
export function pae(
  type: string,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const head = encode(
    `DSSEv1 ${encode(type).byteLength} ${type} ${payload.byteLength} `,
  );
  const all = new Uint8Array(head.byteLength + payload.byteLength);
  all.set(head);
  all.set(payload, head.byteLength);
  return all;
}

/** Signs with a certificate, in the new form. */
export function keylessBundle(
  sigstore: Sigstore,
  digest: Digest,
  options: KeylessOptions = {},
): ImageSignature {
  const key = newKey();
  const certificate = sigstore.certify(key.spki, options.certificate);
  const payload = options.payload ?? statement(digest);
  const payloadType = options.payloadType ?? "application/vnd.in-toto+json";
  const signature = signDer(key, pae(payloadType, payload));
  const body = options.log?.body ?? dsseBody(payload, signature, certificate);
  const { timestampMs } = options;
  const bundle: BundleJson = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate) },
      tlogEntries: options.isUnlogged
        ? []
        : [sigstore.logEntry(body, options.log)],
      ...(timestampMs === undefined ? {} : {
        timestampVerificationData: {
          rfc3161Timestamps: [{
            signedTimestamp: base64(sigstore.timestamp(signature, timestampMs)),
          }],
        },
      }),
    },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType,
      signatures: [{ sig: base64(signature), keyid: "" }],
    },
  };
  options.alter?.(bundle);
  return { form: "bundle", bundle: encode(JSON.stringify(bundle)) };
}

/** Signs with a certificate, in the old form. */
export function keylessSimple(
  sigstore: Sigstore,
  digest: Digest,
  options: KeylessOptions = {},
): ImageSignature {
  const key = newKey();
  const certificate = sigstore.certify(key.spki, options.certificate);
  const payload = encode(JSON.stringify({
    critical: {
      identity: { "docker-reference": "ghcr.io/acme/notes" },
      image: { "docker-manifest-digest": digest },
      type: "cosign container image signature",
    },
    optional: null,
  }));
  const signature = signDer(key, payload);
  const body = hashedRekordBody(payload, signature, certificate);
  const entry = sigstore.logEntry(body, options.log);
  const logEntry = JSON.stringify({
    SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
    Payload: {
      body: entry.canonicalizedBody,
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: Array.from(
        atob(entry.logId.keyId),
        (char) => char.charCodeAt(0).toString(16).padStart(2, "0"),
      ).join(""),
    },
  });
  return {
    form: "simplesigning",
    payload,
    signature: base64(signature),
    certificate: pem("CERTIFICATE", certificate),
    ...(options.isUnlogged ? {} : { logEntry }),
  };
}
