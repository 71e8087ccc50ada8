/**
 * A running upload: what it takes, and how it reports.
 *
 * @module
 */

import { type EndpointContext, location } from "./context.ts";
import {
  emptyReply,
  errorReply,
  type RegistryReply,
  type RegistryRequest,
} from "./exchange.ts";
import { signedUploadUrl } from "./signed_urls.ts";
import type { Upload } from "./store.ts";

/** Where a session is. */
export interface UploadRoute {
  /** The repository. */
  readonly repository: string;
  /** The session. */
  readonly id: string;
}

/** The reply that refuses a chunk; `undefined` when it fits. */
export function refuseChunk(
  context: EndpointContext,
  request: RegistryRequest,
  session: {
    readonly route: UploadRoute;
    readonly upload: Upload;
    readonly closing?: boolean;
  },
): RegistryReply | undefined {
  const { upload, route } = session;
  const size = request.body.byteLength;
  const range = request.headers["content-range"];
  if (range !== undefined) {
    const match = /^([0-9]+)-([0-9]+)$/.exec(range);
    const [first, last] = [Number(match?.[1]), Number(match?.[2])];
    if (match === null || last - first + 1 !== size) {
      return errorReply(400, {
        code: "SIZE_INVALID",
        message: "Content-Range and the chunk differ in length",
        detail: { range, size },
      });
    }
    if (first !== upload.size) {
      return sessionReply(context, request, {
        status: 416,
        repository: route.repository,
        upload,
      });
    }
  }
  if (size > context.behavior.maxChunkBytes && session.closing !== true) {
    return emptyReply(413);
  }
  return upload.ended
    ? errorReply(400, {
      code: "BLOB_UPLOAD_INVALID",
      message: "a chunk below OCI-Chunk-Min-Length has to be the last",
    })
    : undefined;
}

/** Adds a chunk. */
export function takeChunk(
  context: EndpointContext,
  request: RegistryRequest,
  upload: Upload,
): void {
  upload.chunks.push(request.body);
  upload.size += request.body.byteLength;
  upload.ended = request.body.byteLength <
    (context.behavior.minChunkBytes ?? 0);
}

/** A reply that says where the session is and how far. */
export function sessionReply(
  context: EndpointContext,
  request: RegistryRequest,
  session: {
    readonly status: number;
    readonly repository: string;
    readonly upload: Upload;
    readonly headers?: Readonly<Record<string, string>>;
  },
): RegistryReply {
  const { repository, upload } = session;
  const path = `/v2/${repository}/blobs/uploads/${upload.id}`;
  return emptyReply(session.status, {
    location: context.behavior.uploadsElsewhere
      ? signedUploadUrl(context, { repository, id: upload.id })
      : location(context, request, path),
    // An empty upload has no last byte; registries write 0-0 all the same.
    range: `0-${Math.max(0, upload.size - 1)}`,
    "docker-upload-uuid": upload.id,
    ...session.headers,
  });
}
