/**
 * Entries of a transparency log (Rekor), as bundles carry them.
 *
 * @see {@link https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_rekor.proto}
 *
 * @module
 */

import { decodeBase64 } from "./base64.ts";
import { malformed } from "./refusal.ts";
import {
  type JsonObject,
  listOf,
  objectOf,
  parseStrictJson,
  textOf,
} from "./strict_json.ts";

/** Entries that one signature may come with; real ones have one. */
export const MAX_LOG_ENTRIES = 8;
/** A tree with 2^63 entries has paths of this length. */
const MAX_PATH = 63;

const WHAT = "the log entry";

/** An entry, read and not yet believed. */
export interface LogEntry {
  /** Its place in all of the log. */
  readonly logIndex: bigint;
  /** SHA-256 of the key of the log. */
  readonly logId: Uint8Array<ArrayBuffer>;
  /** When the log took it, in seconds since the epoch; 0 where the log does not say. */
  readonly integratedTime: number;
  /** What the log has, as it hashes it. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The log's promise to include it (SET), DER. */
  readonly promise?: Uint8Array<ArrayBuffer>;
  /** The proof that it is included. */
  readonly proof?: InclusionProof;
}

/** The proof that an entry is in a tree (RFC 6962, section 2.1.1), and the log's word for that tree. */
export interface InclusionProof {
  /** Its place in the tree. */
  readonly index: bigint;
  /** How many entries the tree has. */
  readonly treeSize: bigint;
  /** The hash of the whole tree. */
  readonly rootHash: Uint8Array<ArrayBuffer>;
  /** The hashes beside the path from the entry to the root. */
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
  /** The signed note with size and hash of the tree. */
  readonly checkpoint: string;
}

/** Reads an entry of a bundle. */
export function parseLogEntry(json: JsonObject): LogEntry {
  const { logId, inclusionPromise, inclusionProof } = json;
  const promise = inclusionPromise === undefined || inclusionPromise === null
    ? undefined
    : objectOf(inclusionPromise, WHAT)["signedEntryTimestamp"];
  return {
    logIndex: integer(json["logIndex"] ?? "0"),
    logId: decodeBase64(objectOf(logId, WHAT)["keyId"], WHAT),
    integratedTime: Number(integer(json["integratedTime"] ?? "0")),
    body: decodeBase64(json["canonicalizedBody"], `the body of ${WHAT}`),
    ...(promise === undefined ? {} : { promise: decodeBase64(promise, WHAT) }),
    ...(inclusionProof === undefined || inclusionProof === null
      ? {}
      : { proof: parseProof(objectOf(inclusionProof, "the inclusion proof")) }),
  };
}

/**
 * Reads what cosign's old form keeps of an entry: the body and the promise
 * (cosign, specs/SIGNATURE_SPEC.md, "Properties", `bundle`).
 */
export function parseLogAnnotation(text: string): LogEntry {
  const json = parseStrictJson(text, WHAT);
  const payload = objectOf(json["Payload"], WHAT);
  return {
    logIndex: integer(payload["logIndex"]),
    logId: fromHex(textOf(payload["logID"], WHAT)),
    integratedTime: Number(integer(payload["integratedTime"])),
    body: decodeBase64(payload["body"], `the body of ${WHAT}`),
    promise: decodeBase64(json["SignedEntryTimestamp"], WHAT),
  };
}

function parseProof(json: JsonObject): InclusionProof {
  const what = "the inclusion proof";
  const { envelope } = objectOf(json["checkpoint"], "the checkpoint");
  return {
    index: integer(json["logIndex"] ?? "0"),
    treeSize: integer(json["treeSize"]),
    rootHash: decodeBase64(json["rootHash"], what),
    hashes: listOf(json["hashes"] ?? [], what, MAX_PATH)
      .map((hash) => decodeBase64(hash, what)),
    checkpoint: textOf(envelope, "the checkpoint"),
  };
}

/** Protobuf's JSON writes 64-bit integers as text; cosign's annotations as numbers. */
function integer(value: unknown): bigint {
  if (typeof value === "string" && /^(0|[1-9][0-9]{0,17})$/.test(value)) {
    return BigInt(value);
  }
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
    return BigInt(value);
  }
  throw malformed(WHAT, "a number in it is not one");
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^([0-9a-f]{2})+$/.test(text)) {
    throw malformed(WHAT, "its logID is not hex");
  }
  const bytes = text.match(/../g) ?? [];
  return Uint8Array.from(bytes, (each) => parseInt(each, 16));
}
