/**
 * Reading a trusted root, part by part.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { decodeBase64 } from "./base64.ts";
import { parseCertificate } from "./certificate.ts";
import { importPublicKey } from "./read_public_key.ts";
import { malformed } from "./refusal.ts";
import {
  type JsonObject,
  listOf,
  objectOf,
  parseStrictJson,
  textOf,
} from "./strict_json.ts";
import {
  type Authority,
  MAX_TRUSTED_ROOT_BYTES,
  type TrustedLog,
  type TrustedRoot,
  type ValidFor,
} from "./trusted_root.ts";

const MEDIA_TYPES =
  /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

const MAX_INSTANCES = 64;

/** Reads the file. */
export async function readTrustedRoot(
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
