/**
 * Uploading blobs.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { NetworkError } from "../http/mod.ts";
import type { Descriptor } from "../oci/mod.ts";
import { hasBlob } from "./blobs.ts";
import { RegistryError } from "./errors.ts";
import {
  nameOf,
  type RepositoryPlace,
  type SignalOptions,
} from "./repository.ts";
import { startUpload, type UploadSession } from "./upload_session.ts";

/** GHCR takes no larger chunk (rust-oci-client#35). */
const MAX_CHUNK_BYTES = 4 * 1024 * 1024;
/** A larger blob is not gathered in memory to be sent at once. */
const MAX_GATHERED_BYTES = 32 * 1024 * 1024;
/** Interruptions of one chunk, without a byte of progress, that end an upload. */
const MAX_STALLS = 3;

/** What to upload: bytes, or a function that reads them from an offset on, again if need be. */
export type BlobSource =
  | Uint8Array<ArrayBuffer>
  | ((offset: number) => AsyncIterable<Uint8Array<ArrayBuffer>>);

/** Options of {@linkcode pushBlob}. */
export interface PushBlobOptions extends SignalOptions {
  /** Another repository of the same registry that may have the blob already. */
  readonly mountFrom?: string | undefined;
  /** The most bytes of one chunk, where chunks are needed; 4 MiB unless told otherwise. */
  readonly chunkBytes?: number;
  /** Hears how many bytes the registry has. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

/** How a blob came to be in a repository. */
export type PushBlobOutcome = "present" | "mounted" | "uploaded";

/**
 * Sees to it that a repository has a blob: looks, mounts if it may, uploads at
 * once, and in chunks where that is refused or the blob is large.
 *
 * @param place The repository.
 * @param descriptor The blob.
 * @param source Its bytes.
 * @param options Mount, chunks, progress, signal.
 * @throws {RegistryError} When the registry refuses.
 */
export async function pushBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  source: BlobSource,
  options: PushBlobOptions = {},
): Promise<PushBlobOutcome> {
  const { signal, onProgress } = options;
  if (await hasBlob(place, descriptor.digest, { signal, for: "push" })) {
    return "present";
  }
  const session = await mountOrStart(place, descriptor, options);
  if (session === undefined) return "mounted";
  onProgress?.(0);
  const isSmall = source instanceof Uint8Array ||
    descriptor.size <= MAX_GATHERED_BYTES;
  if (isSmall) {
    const bytes = await gather(source, descriptor);
    if (await sendAtOnce(session, bytes)) {
      onProgress?.(descriptor.size);
      return "uploaded";
    }
    return await startAgain(place, descriptor, bytes, options);
  }
  await sendInChunks(place, { session, descriptor, source }, options);
  return "uploaded";
}

/** Mounting is a favour: whatever goes wrong with it, an upload may still work (ggcr#1404). */
async function mountOrStart(
  place: RepositoryPlace,
  descriptor: Descriptor,
  options: PushBlobOptions,
): Promise<UploadSession | undefined> {
  const { mountFrom, signal } = options;
  const { digest } = descriptor;
  if (mountFrom === undefined) return await startUpload(place, digest, options);
  try {
    return await startUpload(place, digest, { mountFrom, signal });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return await startUpload(place, digest, { signal });
  }
}

/** `false` when the registry, or something before it, does not take it so. */
async function sendAtOnce(
  session: UploadSession,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    await session.finish(bytes);
    return true;
  } catch (error) {
    const mayWorkInChunks = error instanceof NetworkError ||
      (error instanceof RegistryError && error.code !== "REGISTRY_AUTH" &&
        error.code !== "REGISTRY_RATE_LIMITED");
    if (mayWorkInChunks && bytes.byteLength > 0) return false;
    throw error;
  }
}

async function startAgain(
  place: RepositoryPlace,
  descriptor: Descriptor,
  bytes: Uint8Array<ArrayBuffer>,
  options: PushBlobOptions,
): Promise<PushBlobOutcome> {
  const { signal } = options;
  const session = await startUpload(place, descriptor.digest, { signal });
  if (session !== undefined) {
    await sendInChunks(place, { session, descriptor, source: bytes }, options);
  }
  return "uploaded";
}

/** What is sent in chunks, and through what. */
interface ChunkedUpload {
  readonly session: UploadSession;
  readonly descriptor: Descriptor;
  readonly source: BlobSource;
}

/** Sends chunk after chunk from where the registry says it is (ECR loses some). */
async function sendInChunks(
  place: RepositoryPlace,
  upload: ChunkedUpload,
  options: PushBlobOptions,
): Promise<void> {
  const { session, descriptor, source } = upload;
  const { clock } = place.connection;
  const chunkBytes = Math.max(
    options.chunkBytes ?? MAX_CHUNK_BYTES,
    // One that wants more than this is refused its wish, and may refuse then.
    Math.min(session.minChunkBytes, MAX_GATHERED_BYTES),
  );
  let sent = 0;
  let stalls = 0;
  // Getting as far as before is no progress: a registry may lose it each time.
  let furthest = 0;
  while (sent < descriptor.size) {
    for await (const chunk of chunksFrom(source, sent, chunkBytes)) {
      const expected = sent + chunk.byteLength;
      const received = await appendOrAsk(session, chunk, sent);
      if (received > expected || received > descriptor.size) {
        throw lostCount(place, descriptor, received);
      }
      sent = received;
      options.onProgress?.(sent);
      if (received < expected) break;
    }
    stalls = sent > furthest ? 0 : stalls + 1;
    furthest = Math.max(furthest, sent);
    if (stalls >= MAX_STALLS) throw lostCount(place, descriptor, sent);
    if (stalls > 0) await clock.sleep(1000 * clock.random() * stalls, options);
  }
  await session.finish(new Uint8Array());
}

/** Sends a chunk; when that fails on the way, asks how much has arrived. */
async function appendOrAsk(
  session: UploadSession,
  chunk: Uint8Array<ArrayBuffer>,
  offset: number,
): Promise<number> {
  try {
    return await session.append(chunk, offset);
  } catch (error) {
    const mayHaveArrived = error instanceof NetworkError ||
      (error instanceof RegistryError &&
        (error.status >= 500 || error.status === 416));
    if (!mayHaveArrived) throw error;
    return await session.status();
  }
}

function lostCount(
  place: RepositoryPlace,
  descriptor: Descriptor,
  received: number,
): ForgeError {
  return new ForgeError(
    "REGISTRY_RESPONSE_INVALID",
    `Failed to upload blob ${descriptor.digest} to ${
      nameOf(place)
    }: the registry claims to have ${received} of ${descriptor.size} bytes, and does not get on`,
    { hint: "Try again; if it persists, the registry loses chunks" },
  );
}

/** All bytes of a source in one array. */
async function gather(
  source: BlobSource,
  descriptor: Descriptor,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof Uint8Array) return source;
  for await (const chunk of chunksFrom(source, 0, descriptor.size)) {
    return chunk;
  }
  return new Uint8Array();
}

/** The bytes of a source from an offset on, in chunks of one size. */
async function* chunksFrom(
  source: BlobSource,
  offset: number,
  chunkBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (source instanceof Uint8Array) {
    for (let at = offset; at < source.byteLength; at += chunkBytes) {
      yield source.subarray(at, at + chunkBytes);
    }
    return;
  }
  let chunk = new Uint8Array(chunkBytes);
  let filled = 0;
  for await (let piece of source(offset)) {
    while (piece.byteLength > 0) {
      const part = piece.subarray(0, chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.byteLength;
      piece = piece.subarray(part.byteLength);
      if (filled < chunkBytes) continue;
      yield chunk;
      chunk = new Uint8Array(chunkBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
