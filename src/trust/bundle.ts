/**
 * Sigstore bundles: a signature with all that is needed to verify it.
 *
 * @see {@link https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto}
 *
 * @module
 */

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { type DsseEnvelope, parseEnvelope } from "./dsse.ts";
import { type LogEntry, MAX_LOG_ENTRIES, parseLogEntry } from "./log_entry.ts";
import { BUNDLE_V03 } from "./media_types.ts";
import { malformed, quoted, unsupported } from "./refusal.ts";
import {
  type JsonObject,
  listOf,
  objectOf,
  parseStrictJson,
} from "./strict_json.ts";

/** Bytes that a bundle may have; real ones have 5 to 10 KB, long chains included. */
export const MAX_BUNDLE_BYTES: number = 256 * 1024;

const MEDIA_TYPES: ReadonlySet<unknown> = new Set([
  BUNDLE_V03,
  "application/vnd.dev.sigstore.bundle+json;version=0.3",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
]);
const WHAT = "the bundle";
const MATERIAL = "the verification material of the bundle";
/** Timestamps that one bundle may carry; real ones have one. */
const MAX_TIMESTAMPS = 8;

/** A bundle, read and not yet believed. */
export interface Bundle {
  /** What was signed, and the signature. */
  readonly envelope: DsseEnvelope;
  /** The signing certificate, DER; absent when a key signed. */
  readonly certificate?: Uint8Array<ArrayBuffer>;
  /** What transparency logs said. */
  readonly logEntries: readonly LogEntry[];
  /** What timestamp authorities said (RFC 3161), DER. */
  readonly timestamps: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Reads a bundle.
 *
 * @throws {ForgeError} `SIGNATURE_MALFORMED`; `SIGNATURE_UNSUPPORTED` for a
 * version or content that is not verified here.
 */
export function parseBundle(bytes: Uint8Array<ArrayBuffer>): Bundle {
  if (bytes.byteLength > MAX_BUNDLE_BYTES) {
    throw malformed(
      WHAT,
      `it has ${bytes.byteLength} bytes, the limit is ${MAX_BUNDLE_BYTES}`,
    );
  }
  const json = parseStrictJson(bytes, WHAT);
  if (!MEDIA_TYPES.has(json["mediaType"])) {
    throw unsupported(`a bundle of type ${quoted(String(json["mediaType"]))}`);
  }
  if (json["dsseEnvelope"] === undefined) {
    throw unsupported("a bundle without a DSSE envelope");
  }
  if (json["messageSignature"] !== undefined) {
    throw malformed(WHAT, "it has two contents");
  }
  const material = objectOf(json["verificationMaterial"], MATERIAL);
  const certificate = certificateOf(material);
  return {
    envelope: parseEnvelope(
      objectOf(json["dsseEnvelope"], "the DSSE envelope"),
    ),
    ...(certificate === undefined ? {} : { certificate }),
    logEntries: listOf(
      material["tlogEntries"] ?? [],
      `the log entries of ${WHAT}`,
      MAX_LOG_ENTRIES,
    ).map((entry) => parseLogEntry(objectOf(entry, "the log entry"))),
    timestamps: timestampsOf(material),
  };
}

/** Writes the bundle of a signature that a key made, as cosign does. */
export function formatKeyBundle(
  envelope: DsseEnvelope,
  hint: string,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({
    mediaType: BUNDLE_V03,
    verificationMaterial: { publicKey: { hint } },
    dsseEnvelope: {
      payload: encodeBase64(envelope.payload),
      payloadType: envelope.payloadType,
      signatures: [{ sig: encodeBase64(envelope.signature) }],
    },
  }));
}

/** The leaf: the one certificate, or the first of a chain (bundles before 0.3). */
function certificateOf(
  material: JsonObject,
): Uint8Array<ArrayBuffer> | undefined {
  const { certificate, x509CertificateChain: chain, publicKey } = material;
  const given = [certificate, chain, publicKey]
    .filter((each) => (each ?? undefined) !== undefined);
  if (given.length > 1) throw malformed(WHAT, "it names several signers");
  const what = `the certificate of ${WHAT}`;
  if ((certificate ?? undefined) !== undefined) {
    return decodeBase64(objectOf(certificate, what)["rawBytes"], what);
  }
  if ((chain ?? undefined) === undefined) return undefined;
  const [leaf] = listOf(objectOf(chain, what)["certificates"], what, 16);
  return decodeBase64(objectOf(leaf, what)["rawBytes"], what);
}

function timestampsOf(
  material: JsonObject,
): readonly Uint8Array<ArrayBuffer>[] {
  const what = `the timestamps of ${WHAT}`;
  const data = material["timestampVerificationData"] ?? {};
  const list = objectOf(data, what)["rfc3161Timestamps"] ?? [];
  return listOf(list, what, MAX_TIMESTAMPS).map((each) =>
    decodeBase64(objectOf(each, what)["signedTimestamp"], what)
  );
}
