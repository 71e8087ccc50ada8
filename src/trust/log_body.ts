/**
 * Whether an entry of a transparency log is about a signature: the same
 * content, the same signature, the same signer.
 *
 * @module
 */

import { digestBytes, digestHex } from "../oci/mod.ts";
import { decodeBase64 } from "./base64.ts";
import { areEqual } from "./certificate.ts";
import { parsePem } from "./pem.ts";
import { unsupported } from "./refusal.ts";
import { logInvalid } from "./signature_log.ts";
import {
  decodeUtf8,
  type JsonObject,
  listOf,
  objectOf,
  parseStrictJson,
} from "./strict_json.ts";

/** What an entry has to be about. */
export interface LoggedSignature {
  /** What was signed: the payload, without the encoding around it. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The signature. */
  readonly signature: Uint8Array<ArrayBuffer>;
  /** The signing certificate, DER. */
  readonly certificate: Uint8Array<ArrayBuffer>;
  /** Which form it has: a payload of its own, or an envelope. */
  readonly form: "simplesigning" | "dsse";
}

const WHAT = "the body of the log entry";

/**
 * Checks that an entry is about a signature.
 *
 * @param body The entry as the log has it.
 * @throws {ForgeError} `SIGNATURE_LOG_INVALID`; `SIGNATURE_UNSUPPORTED` for
 * kinds of entries that are not known here; `SIGNATURE_MALFORMED`.
 */
export async function checkLogBody(
  body: Uint8Array<ArrayBuffer>,
  signed: LoggedSignature,
): Promise<void> {
  const json = parseStrictJson(body, WHAT);
  const kind = `${json["kind"]} ${json["apiVersion"]}`;
  const read = READERS[signed.form][kind];
  if (read === undefined) {
    throw unsupported(`a log entry of kind "${kind.slice(0, 100)}"`);
  }
  const logged = read(objectOf(json["spec"], WHAT));
  const payloadHash = digestHex(await digestBytes(signed.payload));
  if (logged.payloadHash !== payloadHash) throw otherThan("content");
  if (!areEqual(logged.signature, signed.signature)) {
    throw otherThan("signature");
  }
  if (!areEqual(logged.certificate, signed.certificate)) {
    throw otherThan("certificate");
  }
}

interface Logged {
  readonly payloadHash: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly certificate: Uint8Array<ArrayBuffer>;
}

/** Rekor, pkg/types, and for version 0.0.2 of the first two rekor-tiles, by kind and version. */
const READERS: Readonly<
  Record<
    LoggedSignature["form"],
    Readonly<Record<string, (spec: JsonObject) => Logged>>
  >
> = {
  simplesigning: { "hashedrekord 0.0.1": readHashedRekord },
  dsse: {
    "dsse 0.0.1": readDsse,
    "intoto 0.0.2": readInToto,
    "dsse 0.0.2": readDsseV2,
  },
};

function readHashedRekord(spec: JsonObject): Logged {
  const signature = objectOf(spec["signature"], WHAT);
  const data = objectOf(spec["data"], WHAT);
  return {
    payloadHash: hexHash(data["hash"]),
    signature: decodeBase64(signature["content"], WHAT),
    certificate: fromPem(objectOf(signature["publicKey"], WHAT)["content"]),
  };
}

function readDsse(spec: JsonObject): Logged {
  const signature = only(spec["signatures"]);
  return {
    payloadHash: hexHash(spec["payloadHash"]),
    signature: decodeBase64(signature["signature"], WHAT),
    certificate: fromPem(signature["verifier"]),
  };
}

function readInToto(spec: JsonObject): Logged {
  const content = objectOf(spec["content"], WHAT);
  const signature = only(objectOf(content["envelope"], WHAT)["signatures"]);
  return {
    payloadHash: hexHash(content["payloadHash"]),
    // In this kind the base64 of the envelope is base64 again.
    signature: decodeBase64(
      decodeUtf8(decodeBase64(signature["sig"], WHAT), WHAT),
      WHAT,
    ),
    certificate: fromPem(signature["publicKey"]),
  };
}

function readDsseV2(spec: JsonObject): Logged {
  const entry = objectOf(spec["dsseV002"], WHAT);
  const { algorithm, digest } = objectOf(entry["payloadHash"], WHAT);
  if (algorithm !== "SHA2_256") {
    throw unsupported(`a log entry that hashes with "${algorithm}"`);
  }
  const signature = only(entry["signatures"]);
  const verifier = objectOf(signature["verifier"], WHAT);
  const certificate = objectOf(verifier["x509Certificate"], WHAT);
  return {
    payloadHash: toHex(decodeBase64(digest, WHAT)),
    signature: decodeBase64(signature["content"], WHAT),
    certificate: decodeBase64(certificate["rawBytes"], WHAT),
  };
}

/** An entry about two signatures would vouch for one of them only. */
function only(value: unknown): JsonObject {
  const [first, ...others] = listOf(value, WHAT, 16);
  if (others.length > 0) throw unsupported("a log entry of several signatures");
  return objectOf(first, WHAT);
}

function hexHash(value: unknown): string {
  const { algorithm, value: hex } = objectOf(value, WHAT);
  if (algorithm === "sha256" && typeof hex === "string") return hex;
  throw unsupported(`a log entry that hashes with "${algorithm}"`);
}

function fromPem(value: unknown): Uint8Array<ArrayBuffer> {
  const [block, ...others] = parsePem(
    decodeUtf8(decodeBase64(value, WHAT), WHAT),
    WHAT,
  );
  if (block?.label !== "CERTIFICATE" || others.length > 0) {
    throw logInvalid("it does not have the one certificate of the signer");
  }
  return block.bytes;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

function otherThan(what: string) {
  return logInvalid(`it is about another ${what}`);
}
