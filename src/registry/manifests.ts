/**
 * Reading manifests, and what tags stand for.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestAlgorithm,
  digestBytes,
  essence,
  type ImageIndex,
  type ImageManifest,
  isIndexMediaType,
  isManifestMediaType,
  MANIFEST_MEDIA_TYPES,
  MAX_MANIFEST_BYTES,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import { discardBody } from "../http/mod.ts";
import type { RegistryRequest } from "./connection.ts";
import { isHtml, notTheProtocol } from "./errors.ts";
import {
  nameOf,
  type ParsedReference,
  parseVersion,
  pullScope,
  type RepositoryPlace,
  type SignalOptions,
  urlOf,
} from "./repository.ts";

/** A manifest, and the bytes that its digest is of. */
export interface FetchedManifest {
  /** Its name by what it is. */
  readonly descriptor: Descriptor;
  /** What was served, verified where a digest was asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it says. */
  readonly manifest: ImageManifest | ImageIndex;
}

const ACCEPT = MANIFEST_MEDIA_TYPES.join(", ");

/**
 * Asks what a tag or digest stands for, without its content where the registry
 * answers that; where it does not, or not well, the manifest is fetched.
 *
 * @param place The repository.
 * @param reference A tag or digest.
 * @param options The signal.
 * @throws {RegistryError} When the registry does not have it or refuses.
 */
export async function resolve(
  place: RepositoryPlace,
  reference: string,
  options: SignalOptions = {},
): Promise<Descriptor> {
  const version = parseVersion(reference);
  const response = await place.connection.send({
    ...manifestRequest(place, version, options),
    action: `resolve ${nameOf(place)}${version.suffix}`,
    method: "HEAD",
    // A HEAD has no body that says why; the GET below is asked for reasons.
    expect: ANY_STATUS,
    mayBePage: true,
  });
  discardBody(response);
  const descriptor = response.ok
    ? descriptorFromHead(response.headers, version.digest)
    : undefined;
  if (descriptor !== undefined) return descriptor;
  return (await fetchManifest(place, reference, options)).descriptor;
}

/**
 * Fetches a manifest or index.
 *
 * Its digest is always computed from its bytes; what the registry says of it
 * only has to agree (oras-go#225).
 *
 * @param place The repository.
 * @param reference A tag or digest.
 * @param options The signal.
 * @throws {RegistryError} When the registry does not have it, refuses, or
 * answers with something else.
 * @throws {ForgeError} `DIGEST_MISMATCH`, `MANIFEST_INVALID`, `TOO_LARGE`.
 */
export async function fetchManifest(
  place: RepositoryPlace,
  reference: string,
  options: SignalOptions = {},
): Promise<FetchedManifest> {
  const version = parseVersion(reference);
  const request = manifestRequest(place, version, options);
  const response = await place.connection.send(request);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const contentType = response.headers.get("content-type");
  const start = new TextDecoder().decode(bytes.subarray(0, 256));
  if (isHtml(contentType, start)) {
    const context = await place.connection.contextOf(response, request);
    throw notTheProtocol(response, context, "a web page");
  }
  const digest = await checkDigest(bytes, response.headers, version);
  try {
    const manifest = parseManifest(bytes, contentType ?? undefined);
    const { mediaType } = manifest;
    const descriptor = { mediaType, digest, size: bytes.byteLength };
    return { descriptor, bytes, manifest };
  } catch (error) {
    if (version.digest !== undefined || !isNotJson(error)) throw error;
    const context = await place.connection.contextOf(response, request);
    throw notTheProtocol(
      response,
      context,
      "something that is not JSON",
      { cause: error },
    );
  }
}

/** Every status that a HEAD may be answered with; failures show in the GET. */
const ANY_STATUS: readonly number[] = Array.from(
  { length: 500 },
  (_, index) => 100 + index,
);

function manifestRequest(
  place: RepositoryPlace,
  version: ParsedReference,
  options: SignalOptions,
): RegistryRequest {
  return {
    action: `fetch manifest ${nameOf(place)}${version.suffix}`,
    method: "GET",
    url: urlOf(place, `manifests/${version.text}`),
    scope: pullScope(place),
    expect: [200],
    init: {
      headers: { accept: ACCEPT },
      purpose: "api",
      bufferBytes: MAX_MANIFEST_BYTES,
      signal: options.signal ?? null,
    },
  };
}

/** What the header fields promise; nothing when one is missing or makes no sense. */
function descriptorFromHead(
  headers: Headers,
  asked: Digest | undefined,
): Descriptor | undefined {
  const mediaType = essence(headers.get("content-type") ?? "");
  const digest = tryParseDigest(headers.get("docker-content-digest") ?? "");
  const size = Number(headers.get("content-length") ?? NaN);
  const isKnown = isManifestMediaType(mediaType) ||
    isIndexMediaType(mediaType);
  const isSound = Number.isSafeInteger(size) && size > 0 &&
    size <= MAX_MANIFEST_BYTES;
  if (!isKnown || !isSound || digest === undefined) return undefined;
  if (asked !== undefined && asked !== digest) return undefined;
  return { mediaType, digest, size };
}

/** The digest of the bytes, once nobody disagrees with it. */
async function checkDigest(
  bytes: Uint8Array<ArrayBuffer>,
  headers: Headers,
  version: ParsedReference,
): Promise<Digest> {
  const promised = tryParseDigest(headers.get("docker-content-digest") ?? "");
  const expected = version.digest ?? promised;
  if (expected === undefined) return await digestBytes(bytes);
  const actual = await digestBytes(bytes, digestAlgorithm(expected));
  if (actual === expected) return actual;
  const who = version.digest === undefined ? "its header" : "the reference";
  throw new ForgeError(
    "DIGEST_MISMATCH",
    `Cannot accept manifest ${version.text}: ${who} says ${expected}, the bytes hash to ${actual}`,
    {
      hint:
        "The registry, or something between, served other bytes than were asked for: do not use them",
    },
  );
}

function isNotJson(error: unknown): boolean {
  return error instanceof ForgeError && error.code === "MANIFEST_INVALID" &&
    error.cause !== undefined;
}
