/**
 * The object store behind the registry, on the second origin: it knows signed
 * URLs and no users.
 *
 * @module
 */

import { tryParseDigest } from "../oci/mod.ts";
import { serveBlob } from "./blobs.ts";
import type { EndpointContext } from "./context.ts";
import { answer } from "./endpoints.ts";
import {
  emptyReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import { refuseUnsigned } from "./signed_urls.ts";

/** Answers a request to the object store; `undefined` where the path is none of its. */
export function answerFromStore(
  context: EndpointContext,
  request: RegistryRequest,
): RegistryReply | undefined {
  const blob = /^\/storage\/([^/]+)$/.exec(request.path);
  const upload = /^\/uploads\/(.+)\/([^/]+)$/.exec(request.path);
  if (blob === null && upload === null) return undefined;
  const refused = refuseUnsigned(request);
  if (refused !== undefined) return refused;
  if (upload !== null) {
    const [, repository = "", id = ""] = upload;
    return answer(context, request, { kind: "upload", repository, id });
  }
  const digest = tryParseDigest(blob?.[1] ?? "");
  const bytes = digest === undefined ? undefined : context.store.blob(digest);
  return digest === undefined || bytes === undefined
    ? emptyReply(404)
    : serveBlob(context, request, { digest, bytes });
}
