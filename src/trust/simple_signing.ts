/**
 * The payload of cosign's old form ("simple signing", containers/image,
 * docs/containers-signature.5.md): it names the image.
 *
 * @module
 */

import { type Digest, tryParseDigest } from "../oci/mod.ts";
import { malformed, quoted, refusal } from "./refusal.ts";
import { objectOf, parseStrictJson, textOf } from "./strict_json.ts";

/** `critical.type` of everything that cosign signs in this form. */
const COSIGN_TYPE = "cosign container image signature";
const WHAT = "the signed payload";

/** What a payload says. */
export interface SimpleSigning {
  /** The image that it is about. */
  readonly digest: Digest;
  /** Under which name it was signed; an empty one says nothing. */
  readonly dockerReference: string;
}

/**
 * Reads a payload that its signature vouches for.
 *
 * @param payload The bytes that were signed.
 * @throws {ForgeError} `SIGNATURE_TYPE_MISMATCH` when it signs something
 * else than an image; `SIGNATURE_MALFORMED`.
 */
export function readSimpleSigning(
  payload: Uint8Array<ArrayBuffer>,
): SimpleSigning {
  const json = parseStrictJson(payload, WHAT);
  const critical = objectOf(json["critical"], `critical of ${WHAT}`);
  const type = textOf(critical["type"], `critical.type of ${WHAT}`);
  if (type !== COSIGN_TYPE) {
    throw refusal(
      "SIGNATURE_TYPE_MISMATCH",
      `Cannot accept the signature: it is of a ${
        quoted(type)
      }, not of an image`,
      "Sign the image itself, with forge sign or cosign sign",
    );
  }
  const image = objectOf(critical["image"], `critical.image of ${WHAT}`);
  const text = textOf(
    image["docker-manifest-digest"],
    `critical.image.docker-manifest-digest of ${WHAT}`,
  );
  const digest = tryParseDigest(text);
  if (digest === undefined) {
    throw malformed(WHAT, `${quoted(text)} is not a digest`);
  }
  const identity = objectOf(
    critical["identity"] ?? {},
    `critical.identity of ${WHAT}`,
  );
  const reference = identity["docker-reference"] ?? "";
  return {
    digest,
    dockerReference: textOf(reference, `docker-reference of ${WHAT}`),
  };
}

/** Writes the payload that signs an image, keys in cosign's order. */
export function formatSimpleSigning(
  { digest, dockerReference }: SimpleSigning,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({
    critical: {
      identity: { "docker-reference": dockerReference },
      image: { "docker-manifest-digest": digest },
      type: COSIGN_TYPE,
    },
    optional: null,
  }));
}
