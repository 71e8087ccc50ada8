/**
 * Reading blobs.
 *
 * @module
 */

import { discardBody, type FetchInit } from "../http/mod.ts";
import {
  type Descriptor,
  type Digest,
  essence,
  isIndexMediaType,
  isManifestMediaType,
} from "../oci/mod.ts";
import type { RegistryRequest } from "./connection.ts";
import { notTheProtocol } from "./errors.ts";
import {
  nameOf,
  pullScope,
  type RepositoryPlace,
  type SignalOptions,
  urlOf,
} from "./repository.ts";
import { type RepositoryAction, repositoryScope } from "./scope.ts";

/** A blob on its way. */
export interface FetchedBlob {
  /** Its bytes as they arrive; not verified. */
  readonly chunks: AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Where they start: 0 when the registry cannot start elsewhere. */
  readonly offset: number;
}

/** Options of {@linkcode fetchBlob}. */
export interface FetchBlobOptions extends SignalOptions {
  /** The first byte that is wanted; 0 unless told otherwise. */
  readonly offset?: number | undefined;
  /**
   * Lets a piece be overwritten as soon as the next is asked for, which is
   * faster; no unless told otherwise.
   */
  readonly reusesPieces?: boolean | undefined;
  /**
   * Fetches all of the blob at once, at most this many bytes, and again when it
   * was cut: for blobs that fit into memory.
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Starts to fetch a blob. The bytes are not verified: whoever reads them does
 * that, for example with `verifyStream`.
 *
 * @param place The repository.
 * @param descriptor The blob.
 * @param options Where to start, and the signal.
 * @throws {RegistryError} When the registry does not have it or refuses.
 */
export async function fetchBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  options: FetchBlobOptions = {},
): Promise<FetchedBlob> {
  const offset = options.offset ?? 0;
  const request = blobRequest(place, descriptor, { ...options, offset });
  const response = await place.connection.send(request);
  const type = essence(response.headers.get("content-type") ?? "");
  if (type === "text/html" && essence(descriptor.mediaType) !== type) {
    discardBody(response);
    const context = await place.connection.contextOf(response, request);
    throw notTheProtocol(response, context, "a web page");
  }
  if (offset > 0 && !continuesAt(response, offset, descriptor.size)) {
    if (response.status === 200) return { chunks: bodyOf(response), offset: 0 };
    // Another part than was asked for, or none: start again.
    discardBody(response);
    return await fetchBlob(place, descriptor, { ...options, offset: 0 });
  }
  return { chunks: bodyOf(response), offset };
}

/**
 * Asks whether a registry has a manifest or blob.
 *
 * @param place The repository.
 * @param descriptor The content; its media type tells manifests from blobs.
 * @param options The signal.
 * @throws {RegistryError} When the registry refuses to say.
 */
export async function exists(
  place: RepositoryPlace,
  descriptor: Descriptor,
  options: SignalOptions = {},
): Promise<boolean> {
  const { digest, mediaType } = descriptor;
  const isManifest = isManifestMediaType(mediaType) ||
    isIndexMediaType(mediaType);
  if (!isManifest) return await hasBlob(place, digest, options);
  return await look(place, {
    path: `manifests/${digest}`,
    scope: pullScope(place),
    init: { headers: { accept: mediaType }, purpose: "api" },
  }, options);
}

/** Options of {@linkcode hasBlob}. */
export interface HasBlobOptions extends SignalOptions {
  /** What the answer is wanted for: a token for that is used. */
  readonly for?: RepositoryAction;
}

/**
 * Asks whether a repository has a blob.
 *
 * @param place The repository.
 * @param digest The blob.
 * @param options What for, and the signal.
 */
export function hasBlob(
  place: RepositoryPlace,
  digest: Digest,
  options: HasBlobOptions = {},
): Promise<boolean> {
  return look(place, {
    path: `blobs/${digest}`,
    scope: repositoryScope(place.name, options.for ?? "pull"),
    init: { purpose: "blob" },
  }, options);
}

async function look(
  place: RepositoryPlace,
  what: {
    readonly path: string;
    readonly scope: string;
    readonly init: FetchInit;
  },
  options: SignalOptions,
): Promise<boolean> {
  const response = await place.connection.send({
    action: `look for ${what.path} in ${nameOf(place)}`,
    method: "HEAD",
    url: urlOf(place, what.path),
    scope: what.scope,
    expect: [200, 404],
    init: { ...what.init, signal: options.signal ?? null },
  });
  discardBody(response);
  return response.status === 200;
}

function blobRequest(
  place: RepositoryPlace,
  descriptor: Descriptor,
  options: FetchBlobOptions & { readonly offset: number },
): RegistryRequest {
  const { digest } = descriptor;
  const { offset, reusesPieces = false, maxBytes, signal } = options;
  return {
    action: `fetch blob ${nameOf(place)}@${digest}`,
    method: "GET",
    url: urlOf(place, `blobs/${digest}`),
    scope: pullScope(place),
    expect: offset > 0 ? [200, 206, 416] : [200],
    // A blob may be one.
    mayBePage: true,
    init: {
      headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
      purpose: "blob",
      reusesPieces,
      ...(maxBytes === undefined ? {} : { bufferBytes: maxBytes }),
      signal: signal ?? null,
    },
  };
}

/** Whether an answer is the rest of the blob, and of that blob (RFC 9110, section 14.4). */
function continuesAt(
  response: Response,
  offset: number,
  size: number,
): boolean {
  if (response.status !== 206) return false;
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(
    response.headers.get("content-range")?.trim() ?? "",
  );
  if (match === null) return false;
  const [, first, last, total] = match;
  return Number(first) === offset && Number(last) === size - 1 &&
    (total === "*" || Number(total) === size);
}

function bodyOf(
  response: Response,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  return response.body ?? nothing();
}

async function* nothing(): AsyncGenerator<Uint8Array<ArrayBuffer>> {}
