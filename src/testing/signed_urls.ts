/**
 * URLs of the object store behind the registry: the signature in them is the
 * permission, as it is with S3 and its like.
 *
 * @module
 */

import type { EndpointContext } from "./context.ts";
import {
  emptyReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";

const SIGNATURE = "signature=signed";

/** Where the object store serves a blob. */
export function signedBlobUrl(
  context: EndpointContext,
  digest: string,
): string {
  return `${context.storageOrigin()}/storage/${digest}?${SIGNATURE}`;
}

/** Where the object store takes an upload. */
export function signedUploadUrl(
  context: EndpointContext,
  upload: { readonly repository: string; readonly id: string },
): string {
  const { repository, id } = upload;
  return `${context.storageOrigin()}/uploads/${repository}/${id}?${SIGNATURE}`;
}

/** The reply to a request that lacks the signature, or brings credentials beside it. */
export function refuseUnsigned(
  request: RegistryRequest,
): RegistryReply | undefined {
  if (request.query.get("signature") !== "signed") return emptyReply(403);
  return request.headers["authorization"] === undefined
    ? undefined
    : emptyReply(400, { "x-refused": "two authentication mechanisms" });
}
