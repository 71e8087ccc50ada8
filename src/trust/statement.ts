/**
 * The in-toto statement of cosign's new form: it names the image, and says
 * that it was signed.
 *
 * @module
 */

import { type Digest, tryParseDigest } from "../oci/mod.ts";
import { quoted, refusal } from "./refusal.ts";
import { listOf, objectOf, parseStrictJson, textOf } from "./strict_json.ts";

/** What a signature of an image states, and nothing else does. */
export const COSIGN_SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
/** The type of a statement (in-toto attestation spec v1, statement.md). */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

const STATEMENT_TYPES = [STATEMENT_TYPE, "https://in-toto.io/Statement/v0.1"];
const WHAT = "the statement";
/** A signature is about one image; cosign writes one subject. */
const MAX_SUBJECTS = 64;

/**
 * Reads a statement that its signature vouches for.
 *
 * @param payload The bytes that were signed.
 * @returns The digests of the images that it is about.
 * @throws {ForgeError} `SIGNATURE_TYPE_MISMATCH` for one that does not sign
 * images, such as an attestation of provenance; `SIGNATURE_MALFORMED`.
 */
export function readStatement(
  payload: Uint8Array<ArrayBuffer>,
): readonly Digest[] {
  const json = parseStrictJson(payload, WHAT);
  const type = textOf(json["_type"], `the type of ${WHAT}`);
  if (!STATEMENT_TYPES.includes(type)) throw otherType(`a ${quoted(type)}`);
  const predicate = textOf(json["predicateType"], `the predicate of ${WHAT}`);
  if (predicate !== COSIGN_SIGN_PREDICATE) {
    throw otherType(`an attestation ${quoted(predicate)}`);
  }
  const subjects = listOf(
    json["subject"],
    `the subject of ${WHAT}`,
    MAX_SUBJECTS,
  );
  return subjects.flatMap((subject) => {
    const { digest } = objectOf(subject, `the subject of ${WHAT}`);
    return Object.entries(objectOf(digest, `the digest in ${WHAT}`))
      .map(([algorithm, hex]) => tryParseDigest(`${algorithm}:${hex}`))
      .filter((each) => each !== undefined);
  });
}

/** Writes the statement that signs an image. */
export function formatStatement(digest: Digest): Uint8Array<ArrayBuffer> {
  const [algorithm = "", hex = ""] = digest.split(":");
  return new TextEncoder().encode(JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [{ digest: { [algorithm]: hex } }],
    predicateType: COSIGN_SIGN_PREDICATE,
  }));
}

function otherType(what: string) {
  return refusal(
    "SIGNATURE_TYPE_MISMATCH",
    `Cannot accept the signature: it is of ${what}, not of an image`,
    "Sign the image itself, with forge sign or cosign sign",
  );
}
