/**
 * The table of endpoints: route and method to what answers.
 *
 * @module
 */

import { deleteBlob, pullBlob } from "./blobs.ts";
import type { EndpointContext } from "./context.ts";
import { listReferrers, listTags } from "./discovery.ts";
import {
  errorReply,
  jsonReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import { deleteManifest, pullManifest, pushManifest } from "./manifests.ts";
import type { Route } from "./routes.ts";
import {
  appendChunk,
  cancelUpload,
  closeUpload,
  startUpload,
  uploadStatus,
} from "./uploads.ts";

/**
 * Answers a request to an endpoint of the protocol (distribution-spec, "Endpoints").
 *
 * @param context What the endpoints work on.
 * @param request The request, `HEAD` answered as `GET`.
 * @param route Where its path leads.
 */
export function answer(
  context: EndpointContext,
  request: RegistryRequest,
  route: Route,
): RegistryReply {
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (
    method === "DELETE" && route.kind !== "upload" && !context.behavior.deletes
  ) {
    return notAllowed(request.method);
  }
  switch (route.kind) {
    case "base":
      if (method === "GET") return base();
      break;
    case "manifest":
      if (method === "GET") return pullManifest(context, request, route);
      if (method === "PUT") return pushManifest(context, request, route);
      if (method === "DELETE") return deleteManifest(context, route);
      break;
    case "blob":
      if (method === "GET") return pullBlob(context, request, route);
      if (method === "DELETE") return deleteBlob(context, route);
      break;
    case "uploads":
      if (method === "POST") return startUpload(context, request, route);
      break;
    case "upload":
      if (method === "PATCH") return appendChunk(context, request, route);
      if (method === "PUT") return closeUpload(context, request, route);
      if (method === "GET") return uploadStatus(context, request, route);
      if (method === "DELETE") return cancelUpload(context, route);
      break;
    case "tags":
      if (method === "GET") return listTags(context, request, route);
      break;
    case "referrers":
      if (method === "GET") return listReferrers(context, request, route);
  }
  return notAllowed(request.method);
}

/** distribution-spec, "Determining Support". */
function base(): RegistryReply {
  return jsonReply(200, {}, {
    "docker-distribution-api-version": "registry/2.0",
  });
}

function notAllowed(method: string): RegistryReply {
  return errorReply(405, {
    code: "UNSUPPORTED",
    message: "the operation is unsupported",
    detail: { method },
  });
}
