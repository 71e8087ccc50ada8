/**
 * Blobs: pull, look, delete.
 *
 * @module
 */

import { type Digest, tryParseDigest } from "../oci/mod.ts";
import { digestHeader, type EndpointContext } from "./context.ts";
import {
  emptyReply,
  errorReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import { signedBlobUrl } from "./signed_urls.ts";

/** Where a blob is in a repository. */
interface BlobRoute {
  readonly repository: string;
  readonly digest: string;
}

/** Answers `GET` and `HEAD` of a blob (distribution-spec, "Pulling blobs"). */
export function pullBlob(
  context: EndpointContext,
  request: RegistryRequest,
  route: BlobRoute,
): RegistryReply {
  const digest = tryParseDigest(route.digest);
  if (digest === undefined) return invalidDigest(route.digest);
  const content = context.store.repository(route.repository);
  const bytes = context.store.blob(digest);
  if (!content?.blobs.has(digest) || bytes === undefined) {
    return unknownBlob(route.digest);
  }
  if (context.behavior.redirectBlobs && request.method === "GET") {
    return emptyReply(307, {
      location: signedBlobUrl(context, digest),
    });
  }
  return serveBlob(context, request, { digest, bytes });
}

/** Answers `DELETE` of a blob (distribution-spec, "Deleting Blobs"). */
export function deleteBlob(
  context: EndpointContext,
  route: BlobRoute,
): RegistryReply {
  const digest = tryParseDigest(route.digest);
  if (digest === undefined) return invalidDigest(route.digest);
  const blobs = context.store.repository(route.repository)?.blobs;
  return blobs?.delete(digest) === true
    ? emptyReply(202)
    : unknownBlob(route.digest);
}

/** Sends a blob, or the part of it that is asked for (RFC 9110, section 14). */
export function serveBlob(
  context: EndpointContext,
  request: RegistryRequest,
  blob: { readonly digest: Digest; readonly bytes: Uint8Array },
): RegistryReply {
  const size = blob.bytes.byteLength;
  const etag = `"${blob.digest}"`;
  const headers = {
    "content-type": "application/octet-stream",
    etag,
    ...(context.behavior.ranges ? { "accept-ranges": "bytes" } : {}),
    ...digestHeader(context, blob.digest),
  };
  const range = context.behavior.ranges && ifRangeHolds(request, etag)
    ? parseRange(request.headers["range"], size)
    : undefined;
  if (range === undefined) return { status: 200, headers, body: blob.bytes };
  if (range === "unsatisfiable") {
    return emptyReply(416, { "content-range": `bytes */${size}` });
  }
  return {
    status: 206,
    headers: {
      ...headers,
      "content-range": `bytes ${range.first}-${range.last}/${size}`,
    },
    body: blob.bytes.subarray(range.first, range.last + 1),
  };
}

/** RFC 9110, section 13.1.5: another validator asks for the whole. */
function ifRangeHolds(request: RegistryRequest, etag: string): boolean {
  const condition = request.headers["if-range"];
  return condition === undefined || condition === etag;
}

/**
 * Reads a `Range` of one part (RFC 9110, section 14.2); anything else is
 * ignored, as the specification allows.
 */
function parseRange(
  field: string | undefined,
  size: number,
):
  | { readonly first: number; readonly last: number }
  | "unsatisfiable"
  | undefined {
  const match = /^bytes=([0-9]*)-([0-9]*)$/.exec(field ?? "");
  const [from, to] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0
      ? "unsatisfiable"
      : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return first >= size || last < first ? "unsatisfiable" : { first, last };
}

function unknownBlob(digest: string): RegistryReply {
  return errorReply(404, {
    code: "BLOB_UNKNOWN",
    message: "blob unknown to registry",
    detail: { digest },
  });
}

/** The reply to a digest that is none. */
export function invalidDigest(digest: string): RegistryReply {
  return errorReply(400, {
    code: "DIGEST_INVALID",
    message: "the digest is malformed or its algorithm unknown",
    detail: { digest },
  });
}
