/**
 * What is stored beside a cache entry, so that its signature can be verified
 * again without a network: the signatures, and all that leads from the digest
 * that they are about to the bytes of the module.
 *
 * @module
 */

import {
  type Digest,
  digestAlgorithm,
  digestBytes,
  type ImageManifest,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { malformed, refusal } from "./refusal.ts";
import type { ImageSignature } from "./signature.ts";
import {
  type JsonObject,
  listOf,
  objectOf,
  parseStrictJson,
  textOf,
} from "./strict_json.ts";

/**
 * Bytes that a record may have: two manifests, a config and a handful of
 * signatures have 20 KB; an index of a large image has a few hundred.
 */
export const MAX_RECORD_BYTES: number = 4 * 1024 * 1024;

/** Indexes on the way, and the manifest. */
const MAX_MANIFESTS = 8;
const MAX_SIGNATURES = 64;
const WHAT = "the stored signatures";
const VERSION = 1;

/** Everything that is needed to verify a cached module. */
export interface SignatureRecord {
  /** From what the reference resolved to down to the manifest of the module. */
  readonly manifests: readonly Uint8Array<ArrayBuffer>[];
  /** The signatures, the one that was accepted first. */
  readonly signatures: readonly ImageSignature[];
  /** How the module lies in its layer, where the layer is not the module itself. */
  readonly wrapping?: ModuleWrapping | undefined;
}

/** What is around a module in a layer, unpacked. */
export interface ModuleWrapping {
  /** The layer. */
  readonly layer: Digest;
  /** The config of the image, which has the digest of the layer as it is unpacked. */
  readonly config?: Uint8Array<ArrayBuffer> | undefined;
  /** The bytes before the module. */
  readonly before: Uint8Array<ArrayBuffer>;
  /** The bytes after it. */
  readonly after: Uint8Array<ArrayBuffer>;
}

/** Writes a record as JSON. */
export function formatSignatureRecord(record: SignatureRecord): string {
  const { wrapping } = record;
  return JSON.stringify({
    version: VERSION,
    manifests: record.manifests.map(encodeBase64),
    signatures: record.signatures.map(signatureJson),
    ...(wrapping === undefined ? {} : {
      wrapping: {
        layer: wrapping.layer,
        ...(wrapping.config === undefined
          ? {}
          : { config: encodeBase64(wrapping.config) }),
        before: encodeBase64(wrapping.before),
        after: encodeBase64(wrapping.after),
      },
    }),
  });
}

/**
 * Reads a record. It comes from a disk that anyone may have written to: what
 * is in it is only read here, not believed.
 *
 * @throws {ForgeError} `SIGNATURE_MALFORMED`.
 */
export function parseSignatureRecord(
  bytes: Uint8Array<ArrayBuffer>,
): SignatureRecord {
  if (bytes.byteLength > MAX_RECORD_BYTES) {
    throw malformed(WHAT, `they have ${bytes.byteLength} bytes`);
  }
  const json = parseStrictJson(bytes, WHAT);
  if (json["version"] !== VERSION) {
    throw malformed(WHAT, "they are of another version");
  }
  const wrapping = json["wrapping"];
  return {
    manifests: listOf(json["manifests"], WHAT, MAX_MANIFESTS)
      .map((each) => decodeBase64(each, WHAT)),
    signatures: listOf(json["signatures"], WHAT, MAX_SIGNATURES)
      .map((each) => parseSignature(objectOf(each, WHAT))),
    ...(wrapping === undefined
      ? {}
      : { wrapping: parseWrapping(objectOf(wrapping, WHAT)) }),
  };
}

/** What the manifests of a record come to. */
export interface ManifestChain {
  /** Their digests; a signature of any of them is one of the module. */
  readonly digests: readonly Digest[];
  /** The last one, which has the layers. */
  readonly manifest: ImageManifest;
}

/**
 * Follows the manifests of a record: each has to name the next by its digest.
 *
 * @throws {ForgeError} `SIGNATURE_CONTENT_MISMATCH` when one does not;
 * `MANIFEST_INVALID`.
 */
export async function checkManifestChain(
  manifests: readonly Uint8Array<ArrayBuffer>[],
): Promise<ManifestChain> {
  const digests: Digest[] = [];
  let named: readonly { readonly digest: Digest }[] | undefined;
  for (const [i, bytes] of manifests.entries()) {
    const digest = await digestNamed(bytes, named);
    if (digest === undefined) {
      throw contentMismatch("one manifest does not name the next");
    }
    digests.push(digest);
    const manifest = parseManifest(bytes);
    const isLast = i === manifests.length - 1;
    if (manifest.kind === "manifest") {
      if (isLast) return { digests, manifest };
      throw contentMismatch("a manifest of a module is followed by another");
    }
    named = manifest.manifests;
  }
  throw contentMismatch("they do not lead to the manifest of a module");
}

/** The error for stored content that is not what was signed. */
export function contentMismatch(why: string) {
  return refusal(
    "SIGNATURE_CONTENT_MISMATCH",
    `Cannot accept the stored signature: ${why}`,
    "Find out who writes to the cache, run forge cache clear and pull again",
  );
}

/** The digest of a manifest, in the algorithm of whoever names it; `undefined` when nobody does. */
async function digestNamed(
  bytes: Uint8Array<ArrayBuffer>,
  named: readonly { readonly digest: Digest }[] | undefined,
): Promise<Digest | undefined> {
  if (named === undefined) return await digestBytes(bytes);
  const isNamed = (own: Digest) => named.some(({ digest }) => digest === own);
  // One hash for each algorithm, however many entries an index has.
  for (
    const algorithm of new Set(
      named.map(({ digest }) => digestAlgorithm(digest)),
    )
  ) {
    const own = await digestBytes(bytes, algorithm);
    if (isNamed(own)) return own;
  }
  return undefined;
}

function signatureJson(signature: ImageSignature): JsonObject {
  if (signature.form === "bundle") {
    return { form: signature.form, bundle: encodeBase64(signature.bundle) };
  }
  const { payload, ...rest } = signature;
  return { ...rest, payload: encodeBase64(payload) };
}

function parseSignature(json: JsonObject): ImageSignature {
  const { form, bundle, payload, signature, certificate, logEntry } = json;
  if (form === "bundle") return { form, bundle: decodeBase64(bundle, WHAT) };
  if (form !== "simplesigning") {
    throw malformed(WHAT, "one is of a form that is not known here");
  }
  return {
    form,
    payload: decodeBase64(payload, WHAT),
    signature: textOf(signature, WHAT),
    ...(certificate === undefined
      ? {}
      : { certificate: textOf(certificate, WHAT) }),
    ...(logEntry === undefined ? {} : { logEntry: textOf(logEntry, WHAT) }),
  };
}

function parseWrapping(json: JsonObject): ModuleWrapping {
  const layer = tryParseDigest(textOf(json["layer"], WHAT));
  if (layer === undefined) throw malformed(WHAT, "they name no layer");
  const { config } = json;
  return {
    layer,
    ...(config === undefined ? {} : { config: decodeBase64(config, WHAT) }),
    before: decodeBase64(json["before"], WHAT),
    after: decodeBase64(json["after"], WHAT),
  };
}
