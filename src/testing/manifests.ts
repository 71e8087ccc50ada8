/**
 * Manifests: pull, look, push, delete.
 *
 * @module
 */

import {
  type Digest,
  digestAlgorithm,
  essence,
  type ImageIndex,
  type ImageManifest,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import { ForgeError } from "../errors.ts";
import { invalidDigest } from "./blobs.ts";
import { digestHeader, type EndpointContext, location } from "./context.ts";
import {
  emptyReply,
  errorReply,
  type HeaderFields,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import { tryParseTag } from "./names.ts";
import { digestOf, type RepositoryContent } from "./store.ts";

/** Where a manifest is in a repository. */
interface ManifestRoute {
  readonly repository: string;
  readonly reference: string;
}

/** Answers `GET` and `HEAD` of a manifest (distribution-spec, "Pulling manifests"). */
export function pullManifest(
  context: EndpointContext,
  request: RegistryRequest,
  route: ManifestRoute,
): RegistryReply {
  const manifest = context.store.manifest(route.repository, route.reference);
  if (
    manifest === undefined ||
    (context.behavior.negotiate && !accepts(request, manifest.mediaType))
  ) {
    return unknownManifest(route);
  }
  return {
    status: 200,
    headers: {
      "content-type": manifest.mediaType,
      etag: `"${manifest.digest}"`,
      ...digestHeader(context, manifest.digest),
    },
    body: manifest.bytes,
  };
}

/** Answers `PUT` of a manifest (distribution-spec, "Pushing Manifests"). */
export function pushManifest(
  context: EndpointContext,
  request: RegistryRequest,
  route: ManifestRoute,
): RegistryReply {
  if (request.body.byteLength > context.behavior.maxManifestBytes) {
    return errorReply(413, {
      code: "SIZE_INVALID",
      message:
        `a manifest has at most ${context.behavior.maxManifestBytes} bytes`,
    });
  }
  const named = readReference(request, route.reference);
  if ("refused" in named) return named.refused;
  const document = readDocument(request);
  if ("status" in document) return document;
  const digest = digestOf(
    request.body,
    named.digest === undefined ? "sha256" : digestAlgorithm(named.digest),
  );
  if (named.digest !== undefined && named.digest !== digest) {
    return invalidDigest(route.reference);
  }
  const missing = context.behavior.requireBlobs
    ? missingContent(context.store.openRepository(route.repository), document)
    : [];
  if (missing.length > 0) return missingReply(missing);
  context.store.addManifest(route.repository, {
    digest,
    mediaType: document.mediaType,
    bytes: request.body,
    document,
  });
  const { tags } = context.store.openRepository(route.repository);
  for (const tag of named.tags) tags.set(tag, digest);
  return pushed(context, request, { route, digest, document, named });
}

/** Answers `DELETE` of a tag or a manifest (distribution-spec, "Deleting tags", "Deleting Manifests"). */
export function deleteManifest(
  context: EndpointContext,
  route: ManifestRoute,
): RegistryReply {
  const content = context.store.repository(route.repository);
  if (content === undefined) {
    return errorReply(404, {
      code: "NAME_UNKNOWN",
      message: "repository name not known to registry",
    });
  }
  const digest = tryParseDigest(route.reference);
  if (digest === undefined) {
    if (!context.behavior.tagDeletes) {
      return errorReply(400, {
        code: "UNSUPPORTED",
        message: "delete the manifest by its digest",
      });
    }
    return content.tags.delete(route.reference)
      ? emptyReply(202)
      : unknownManifest(route);
  }
  if (!content.manifests.delete(digest)) return unknownManifest(route);
  for (const [tag, target] of content.tags) {
    if (target === digest) content.tags.delete(tag);
  }
  return emptyReply(202);
}

/** What a push names: a digest, tags, or a reply that refuses both. */
type Named =
  | {
    readonly digest: Digest | undefined;
    readonly tags: readonly string[];
    readonly byParameter: readonly string[];
  }
  | { readonly refused: RegistryReply };

function readReference(request: RegistryRequest, reference: string): Named {
  const isDigest = reference.includes(":");
  const digest = isDigest ? tryParseDigest(reference) : undefined;
  if (isDigest && digest === undefined) {
    return { refused: invalidDigest(reference) };
  }
  // distribution-spec, "Pushing Manifests": tags as parameters of a push by digest.
  const byParameter = isDigest ? request.query.getAll("tag") : [];
  const tags = isDigest ? byParameter : [reference];
  const wrong = tags.find((tag) => tryParseTag(tag) === undefined);
  return wrong === undefined ? { digest, tags, byParameter } : {
    refused: errorReply(400, {
      code: "TAG_INVALID",
      message: "the tag breaks the grammar",
      detail: { tag: wrong },
    }),
  };
}

function readDocument(
  request: RegistryRequest,
): ImageManifest | ImageIndex | RegistryReply {
  try {
    const contentType = request.headers["content-type"] ?? "";
    const document = parseManifest(request.body, contentType);
    const served = essence(contentType);
    if (served === "" || served === document.mediaType) return document;
    return invalidManifest(
      `Content-Type "${served}" is not "${document.mediaType}"`,
    );
  } catch (error) {
    if (error instanceof ForgeError) return invalidManifest(error.message);
    throw error;
  }
}

/** Descriptors of content that the repository does not have (distribution-spec, "Push"). */
function missingContent(
  content: RepositoryContent,
  document: ImageManifest | ImageIndex,
): readonly Digest[] {
  const digests = document.kind === "index"
    ? document.manifests.filter((entry) => !content.manifests.has(entry.digest))
    : [document.config, ...document.layers].filter((entry) =>
      // Layers that may not be distributed are elsewhere by definition.
      !/nondistributable|\.foreign\./.test(entry.mediaType) &&
      !content.blobs.has(entry.digest)
    );
  return digests.map((entry) => entry.digest);
}

function pushed(
  context: EndpointContext,
  request: RegistryRequest,
  push: {
    readonly route: ManifestRoute;
    readonly digest: Digest;
    readonly document: ImageManifest | ImageIndex;
    readonly named: { readonly byParameter: readonly string[] };
  },
): RegistryReply {
  const subject = push.document.subject?.digest;
  const path = `/v2/${push.route.repository}/manifests/${push.digest}`;
  const headers: HeaderFields = {
    location: location(context, request, path),
    ...digestHeader(context, push.digest),
    ...(subject !== undefined && context.behavior.referrers
      ? { "oci-subject": subject }
      : {}),
    ...(push.named.byParameter.length > 0
      ? { "oci-tag": push.named.byParameter.join(", ") }
      : {}),
  };
  return emptyReply(201, headers);
}

function accepts(request: RegistryRequest, mediaType: string): boolean {
  const accept = request.headers["accept"] ?? "*/*";
  return accept.split(",").map(essence).some((type) =>
    type === mediaType || type === "*/*" || type === "application/*"
  );
}

function missingReply(missing: readonly Digest[]): RegistryReply {
  const errors = missing.map((digest) => ({
    code: "MANIFEST_BLOB_UNKNOWN" as const,
    message: "manifest references a manifest or blob unknown to registry",
    detail: { digest },
  }));
  const [first] = errors;
  if (first === undefined) return emptyReply(404);
  const reply = errorReply(404, first);
  return {
    ...reply,
    body: new TextEncoder().encode(JSON.stringify({ errors })),
  };
}

function invalidManifest(message: string): RegistryReply {
  return errorReply(400, { code: "MANIFEST_INVALID", message });
}

function unknownManifest(route: ManifestRoute): RegistryReply {
  return errorReply(404, {
    code: "MANIFEST_UNKNOWN",
    message: "manifest unknown to registry",
    detail: { reference: route.reference },
  });
}
