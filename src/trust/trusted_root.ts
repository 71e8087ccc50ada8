/**
 * The trusted root of a Sigstore instance: its authorities and logs, as TUF
 * distributes them (`trusted_root.json`).
 *
 * @see {@link https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto}
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { decodeBase64 } from "./base64.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { importPublicKey, type PublicKey } from "./public_key.ts";
import { malformed } from "./refusal.ts";
import {
  type JsonObject,
  listOf,
  objectOf,
  parseStrictJson,
  textOf,
} from "./strict_json.ts";

/** Bytes that a trusted root may have; the public one has about 10 KB. */
export const MAX_TRUSTED_ROOT_BYTES: number = 1024 * 1024;

const MEDIA_TYPES =
  /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;
const MAX_INSTANCES = 64;

/** When something may be trusted, in milliseconds since the epoch. */
export interface ValidFor {
  /** First moment. */
  readonly start: number;
  /** Last moment. */
  readonly end: number;
}

/** An authority: the certificates from the one that issues to the root. */
export interface Authority {
  /** The one that issues first, the root last. */
  readonly certificates: readonly Certificate[];
  /** When it may be trusted. */
  readonly validFor: ValidFor;
}

/** A log: of signatures, or of certificates. */
export interface TrustedLog {
  /** What it is found by: SHA-256 of its key, as a rule. */
  readonly id: Uint8Array<ArrayBuffer>;
  /** Its key. */
  readonly key: PublicKey;
  /** When it may be trusted. */
  readonly validFor: ValidFor;
}

/** Whom a Sigstore instance consists of. */
export interface TrustedRoot {
  /** What to call it: the path of its file, as a rule. */
  readonly name: string;
  /** Who issues certificates to signers (Fulcio). */
  readonly authorities: readonly Authority[];
  /** Who keeps signatures (Rekor). */
  readonly signatureLogs: readonly TrustedLog[];
  /** Who keeps certificates (Certificate Transparency). */
  readonly certificateLogs: readonly TrustedLog[];
  /** Who says what time it is (RFC 3161). */
  readonly timestampAuthorities: readonly Authority[];
}

/**
 * Reads a trusted root.
 *
 * Logs with keys of a kind that is not verified here are left out: what only
 * they vouch for is refused.
 *
 * @param bytes The file.
 * @param name What to call it.
 * @throws {ForgeError} `TRUST_ROOT_INVALID`.
 *
 * @example
 * ```ts types
 * import { parseTrustedRoot, platform } from "@forgepoint/forge";
 *
 * const bytes = await platform.files.read("trusted_root.json");
 * const { authorities } = await parseTrustedRoot(bytes, "trusted_root.json");
 * authorities.map(({ validFor }) => validFor);
 * ```
 */
export async function parseTrustedRoot(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<TrustedRoot> {
  const what = `the trusted root "${name}"`;
  try {
    if (bytes.byteLength > MAX_TRUSTED_ROOT_BYTES) {
      throw malformed(what, "it is too large");
    }
    const json = parseStrictJson(bytes, what);
    if (!MEDIA_TYPES.test(String(json["mediaType"]))) {
      throw malformed(
        what,
        `its mediaType ${
          JSON.stringify(json["mediaType"])
        } is not that of a trusted root`,
      );
    }
    const list = (key: string) =>
      listOf(json[key] ?? [], `${key} of ${what}`, MAX_INSTANCES)
        .map((each) => objectOf(each, `${key} of ${what}`));
    const root = {
      name,
      authorities: list("certificateAuthorities").map(parseAuthority),
      signatureLogs: await parseLogs(list("tlogs")),
      certificateLogs: await parseLogs(list("ctlogs")),
      timestampAuthorities: list("timestampAuthorities").map(parseAuthority),
    };
    if (root.authorities.length === 0) {
      throw malformed(what, "it has no certificate authority");
    }
    return root;
  } catch (cause) {
    if (!(cause instanceof ForgeError)) throw cause;
    throw new ForgeError(
      "TRUST_ROOT_INVALID",
      `Cannot use the trusted root "${name}": ${cause.message}`,
      {
        hint:
          "Name the trusted_root.json of a Sigstore instance, as cosign trusted-root create writes it",
        cause,
      },
    );
  }
}

/** Whether a moment lies in a range, its ends included. */
export function isWithin(
  milliseconds: number,
  { start, end }: ValidFor,
): boolean {
  return milliseconds >= start && milliseconds <= end;
}

function parseAuthority(json: JsonObject): Authority {
  const what = "a certificate authority";
  const chain = objectOf(json["certChain"], what);
  const certificates = listOf(chain["certificates"], what, 8).map((each) =>
    parseCertificate(decodeBase64(objectOf(each, what)["rawBytes"], what))
  );
  if (certificates.length === 0) throw malformed(what, "it has no certificate");
  return { certificates, validFor: parseRange(json["validFor"]) };
}

async function parseLogs(
  list: readonly JsonObject[],
): Promise<readonly TrustedLog[]> {
  const logs = await Promise.all(list.map(parseLog));
  return logs.filter((log) => log !== undefined);
}

async function parseLog(json: JsonObject): Promise<TrustedLog | undefined> {
  const what = "a log";
  const key = objectOf(json["publicKey"], what);
  const { keyId } = objectOf(json["logId"] ?? json["checkpointKeyId"], what);
  try {
    return {
      id: decodeBase64(keyId, what),
      key: await importPublicKey(
        decodeBase64(key["rawBytes"], what),
        "of a log",
      ),
      validFor: parseRange(key["validFor"]),
    };
  } catch (error) {
    if (error instanceof ForgeError && error.code === "SIGNATURE_UNSUPPORTED") {
      return undefined;
    }
    throw error;
  }
}

function parseRange(value: unknown): ValidFor {
  const { start, end } = objectOf(value ?? {}, "a validity");
  return {
    start: start === undefined ? -Infinity : parseTime(start),
    end: end === undefined ? Infinity : parseTime(end),
  };
}

/** RFC 3339, as protobuf's JSON writes times. */
function parseTime(value: unknown): number {
  const text = textOf(value, "a time");
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);
  const milliseconds = isTime ? Date.parse(text) : NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds;
  throw malformed("a time", `${JSON.stringify(text)} is not one`);
}
