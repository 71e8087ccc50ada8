/**
 * Blob uploads: in one piece, in chunks, or by mounting what is there.
 *
 * @module
 */

import { type Digest, tryParseDigest } from "../oci/mod.ts";
import { invalidDigest } from "./blobs.ts";
import { digestHeader, type EndpointContext, location } from "./context.ts";
import {
  emptyReply,
  errorReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import {
  refuseChunk,
  sessionReply,
  takeChunk,
  type UploadRoute,
} from "./upload_session.ts";
import { hasDigest, joinBytes, type Upload } from "./store.ts";

/** Answers `POST`: a mount, a whole blob, or a new session. */
export function startUpload(
  context: EndpointContext,
  request: RegistryRequest,
  { repository }: { readonly repository: string },
): RegistryReply {
  const mount = request.query.get("mount");
  if (mount !== null) {
    const mounted = tryMount(context, request, { repository, mount });
    if (mounted !== undefined) return mounted;
  }
  const algorithm = request.query.get("digest-algorithm");
  if (algorithm !== null && !/^sha(256|512)$/.test(algorithm)) {
    return invalidDigest(algorithm);
  }
  const digest = request.query.get("digest");
  if (digest !== null && context.behavior.singlePost) {
    return keepBlob(context, request, {
      repository,
      digest,
      bytes: request.body,
    });
  }
  const upload: Upload = {
    id: context.newId(),
    chunks: [],
    size: 0,
    ended: false,
  };
  context.store.openRepository(repository).uploads.set(upload.id, upload);
  const { minChunkBytes } = context.behavior;
  return sessionReply(context, request, {
    status: 202,
    repository,
    upload,
    headers: minChunkBytes === undefined
      ? {}
      : { "oci-chunk-min-length": `${minChunkBytes}` },
  });
}

/** Answers `PATCH`: one chunk (distribution-spec, "Pushing a blob in chunks"). */
export function appendChunk(
  context: EndpointContext,
  request: RegistryRequest,
  route: UploadRoute,
): RegistryReply {
  const upload = findUpload(context, route);
  if (upload === undefined) return unknownUpload(route.id);
  const refused = refuseChunk(context, request, { route, upload });
  if (refused !== undefined) return refused;
  takeChunk(context, request, upload);
  return sessionReply(context, request, {
    status: 202,
    repository: route.repository,
    upload,
  });
}

/** Answers `PUT`: the last bytes, and the digest of all of them. */
export function closeUpload(
  context: EndpointContext,
  request: RegistryRequest,
  route: UploadRoute,
): RegistryReply {
  const upload = findUpload(context, route);
  if (upload === undefined) return unknownUpload(route.id);
  if (request.body.byteLength > 0) {
    const refused = refuseChunk(context, request, {
      route,
      upload,
      closing: true,
    });
    if (refused !== undefined) return refused;
  }
  const reply = keepBlob(context, request, {
    repository: route.repository,
    digest: request.query.get("digest") ?? "",
    bytes: joinBytes([...upload.chunks, request.body]),
  });
  // A session that ended in a wrong digest cannot be continued.
  context.store.repository(route.repository)?.uploads.delete(route.id);
  return reply;
}

/** Answers `GET`: how far the session is. */
export function uploadStatus(
  context: EndpointContext,
  request: RegistryRequest,
  route: UploadRoute,
): RegistryReply {
  const upload = findUpload(context, route);
  if (upload === undefined) return unknownUpload(route.id);
  const { repository } = route;
  return sessionReply(context, request, { status: 204, repository, upload });
}

/** Answers `DELETE`: forgets the session. */
export function cancelUpload(
  context: EndpointContext,
  route: UploadRoute,
): RegistryReply {
  const uploads = context.store.repository(route.repository)?.uploads;
  return uploads?.delete(route.id) === true
    ? emptyReply(204)
    : unknownUpload(route.id);
}

function tryMount(
  context: EndpointContext,
  request: RegistryRequest,
  target: { readonly repository: string; readonly mount: string },
): RegistryReply | undefined {
  const digest = tryParseDigest(target.mount);
  if (digest === undefined) return invalidDigest(target.mount);
  if (!context.behavior.mounts) return undefined;
  // distribution-spec, "Mounting a blob": `from` may be left out.
  const from = request.query.get("from");
  const sources = from === null ? context.store.repositories() : [from];
  const found = sources.some((name) =>
    context.store.repository(name)?.blobs.has(digest) === true &&
    context.mayPull(name)
  );
  if (!found) return undefined;
  context.store.linkBlob(target.repository, digest);
  return created(context, request, { repository: target.repository, digest });
}

function keepBlob(
  context: EndpointContext,
  request: RegistryRequest,
  blob: {
    readonly repository: string;
    readonly digest: string;
    readonly bytes: Uint8Array;
  },
): RegistryReply {
  const digest = tryParseDigest(blob.digest);
  if (digest === undefined) return invalidDigest(blob.digest);
  if (!hasDigest(blob.bytes, digest)) {
    return errorReply(400, {
      code: "DIGEST_INVALID",
      message: "provided digest did not match uploaded content",
      detail: { digest, size: blob.bytes.byteLength },
    });
  }
  const { repository } = blob;
  context.store.addBlob(digest, blob.bytes, { repository });
  return created(context, request, { repository, digest });
}

function created(
  context: EndpointContext,
  request: RegistryRequest,
  blob: { readonly repository: string; readonly digest: Digest },
): RegistryReply {
  const path = `/v2/${blob.repository}/blobs/${blob.digest}`;
  return emptyReply(201, {
    location: location(context, request, path),
    ...digestHeader(context, blob.digest),
  });
}

function findUpload(
  context: EndpointContext,
  route: UploadRoute,
): Upload | undefined {
  return context.store.repository(route.repository)?.uploads.get(route.id);
}

function unknownUpload(id: string): RegistryReply {
  return errorReply(404, {
    code: "BLOB_UPLOAD_UNKNOWN",
    message: "blob upload unknown to registry",
    detail: { id },
  });
}
