/**
 * Content discovery: the tags of a repository, the referrers of a manifest.
 *
 * @module
 */

import {
  type Descriptor,
  type Digest,
  OCI_INDEX,
  tryParseDigest,
} from "../oci/mod.ts";
import { invalidDigest } from "./blobs.ts";
import { type EndpointContext, location } from "./context.ts";
import {
  emptyReply,
  errorReply,
  jsonReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import type { StoredManifest } from "./store.ts";

/** Answers `GET` of the tags (distribution-spec, "Listing Tags"). */
export function listTags(
  context: EndpointContext,
  request: RegistryRequest,
  { repository }: { readonly repository: string },
): RegistryReply {
  const content = context.store.repository(repository);
  if (content === undefined) {
    return errorReply(404, {
      code: "NAME_UNKNOWN",
      message: "repository name not known to registry",
      detail: { name: repository },
    });
  }
  const wanted = request.query.get("n");
  if (wanted !== null && !/^[0-9]+$/.test(wanted)) {
    return errorReply(400, {
      code: "UNSUPPORTED",
      message: "n is a number of tags",
    });
  }
  const last = request.query.get("last");
  const rest = [...content.tags.keys()].sort()
    .filter((tag) => last === null || tag > last);
  const size = Math.min(
    wanted === null ? Infinity : Number(wanted),
    context.behavior.tagsPageSize,
  );
  const tags = rest.slice(0, size);
  const end = tags.at(-1);
  // distribution-spec: with n=0 there is no Link.
  const headers: Record<string, string> =
    end === undefined || tags.length === rest.length ? {} : {
      link: nextLink(context, request, { n: `${size}`, last: end }),
    };
  return jsonReply(200, { name: repository, tags }, headers);
}

/** Answers `GET` of the referrers (distribution-spec, "Listing Referrers"). */
export function listReferrers(
  context: EndpointContext,
  request: RegistryRequest,
  route: { readonly repository: string; readonly digest: string },
): RegistryReply {
  if (!context.behavior.referrers) return emptyReply(404);
  const subject = tryParseDigest(route.digest);
  if (subject === undefined) return invalidDigest(route.digest);
  const filter = request.query.get("artifactType");
  const all = findReferrers(context, { ...route, digest: subject })
    .filter((entry) => filter === null || entry.artifactType === filter);
  const start = Number(request.query.get("start") ?? "0");
  const end = start + context.behavior.referrersPageSize;
  const manifests = all.slice(start, end);
  return jsonReply(
    200,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    {
      "content-type": OCI_INDEX,
      ...(filter === null ? {} : { "oci-filters-applied": "artifactType" }),
      ...(end < all.length
        ? { link: nextLink(context, request, { start: `${end}` }) }
        : {}),
    },
  );
}

function findReferrers(
  context: EndpointContext,
  route: { readonly repository: string; readonly digest: Digest },
): readonly Descriptor[] {
  const content = context.store.repository(route.repository);
  return [...content?.manifests.values() ?? []]
    .filter((manifest) => manifest.document?.subject?.digest === route.digest)
    .map(describe);
}

function describe(manifest: StoredManifest): Descriptor {
  const { document } = manifest;
  // Without an artifactType an image has the type of its config, an index none.
  const artifactType = document?.artifactType ??
    (document?.kind === "manifest" ? document.config.mediaType : undefined);
  const annotations = document?.annotations ?? {};
  return {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.byteLength,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** The same request for the next page (RFC 8288, relation `next`). */
function nextLink(
  context: EndpointContext,
  request: RegistryRequest,
  parameters: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(request.query);
  for (const [name, value] of Object.entries(parameters)) {
    query.set(name, value);
  }
  const path = `${request.path}?${query}`;
  return `<${location(context, request, path)}>; rel="next"`;
}
