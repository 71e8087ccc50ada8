/**
 * DSSE: what is signed is its type and its bytes together.
 *
 * @module
 */

import { decodeBase64 } from "./base64.ts";
import { malformed } from "./refusal.ts";
import { type JsonObject, listOf, objectOf, textOf } from "./strict_json.ts";

/** The payload type of in-toto statements (in-toto attestation spec, envelope.md). */
export const IN_TOTO_PAYLOAD = "application/vnd.in-toto+json";

const WHAT = "the DSSE envelope";

/** An envelope with its one signature. */
export interface DsseEnvelope {
  /** What the payload claims to be; part of what is signed. */
  readonly payloadType: string;
  /** The payload. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The signature over {@linkcode preAuthEncoding}. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Reads an envelope (DSSE protocol, "Envelope").
 *
 * @throws {ForgeError} `SIGNATURE_MALFORMED`, also when there is not exactly
 * one signature (sigstore bundle, `dsse_envelope`).
 */
export function parseEnvelope(json: JsonObject): DsseEnvelope {
  const signatures = listOf(
    json["signatures"],
    `the signatures of ${WHAT}`,
    16,
  );
  if (signatures.length !== 1) {
    throw malformed(
      WHAT,
      signatures.length === 0
        ? "its list of signatures is empty"
        : `it has ${signatures.length} signatures, not one`,
    );
  }
  const { sig } = objectOf(signatures[0], `the signature of ${WHAT}`);
  return {
    payloadType: textOf(json["payloadType"], `the payload type of ${WHAT}`),
    payload: decodeBase64(json["payload"], `the payload of ${WHAT}`),
    signature: decodeBase64(sig, `the signature of ${WHAT}`),
  };
}

/**
 * What the signature of an envelope is over (DSSE protocol, "Signature
 * Definition"): lengths in front, so that no payload can pass for another type.
 */
export function preAuthEncoding(
  payloadType: string,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${type.byteLength} `);
  const middle = encoder.encode(` ${payload.byteLength} `);
  const parts = [head, type, middle, payload];
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const encoded = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    encoded.set(part, at);
    at += part.byteLength;
  }
  return encoded;
}
