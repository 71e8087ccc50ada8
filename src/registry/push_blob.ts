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
/** A smaller blob is there before anybody could look how far it is. */
const MIN_STREAMED_BYTES = 1024 * 1024;
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
  /** From how many bytes on a blob is streamed, so that progress can be heard; 1 MiB unless told otherwise. */
  readonly minStreamedBytes?: number;
  /** Hears how many bytes are on their way; fewer again where some have to be sent again. */
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

/** How a blob came to be in a repository. */
export type PushBlobOutcome = "present" | "mounted" | "uploaded";

/**
 * Sees to it that a repository has a blob: looks, mounts if it may, uploads at
 * once, and in chunks where that is refused or the blob is too large to be held
 * in memory. What takes a while is streamed, as Docker does it, so that it can
 * be seen to move.
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
    const upload = { session, descriptor, source: bytes };
    await sendBytes(place, upload, options);
    return "uploaded";
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

/** What is sent, and through what. */
interface Upload<S extends BlobSource = BlobSource> {
  readonly session: UploadSession;
  readonly descriptor: Descriptor;
  readonly source: S;
}

/** Tries one way after the other; what was refused once needs a new session. */
async function sendBytes(
  place: RepositoryPlace,
  upload: Upload<Uint8Array<ArrayBuffer>>,
  options: PushBlobOptions,
): Promise<void> {
  const minStreamed = options.minStreamedBytes ?? MIN_STREAMED_BYTES;
  const ways = [sendAtOnce, sendInChunks];
  if (upload.source.byteLength >= minStreamed) ways.unshift(sendStreamed);
  let { session } = upload;
  for (const way of ways) {
    if (await way(place, { ...upload, session }, options)) return;
    const { digest } = upload.descriptor;
    const { signal } = options;
    const next = await startUpload(place, digest, { signal });
    if (next === undefined) return;
    session = next;
  }
}

/** `false` when the registry, or something before it, does not take it so. */
async function sendAtOnce(
  _place: RepositoryPlace,
  { session, source }: Upload<Uint8Array<ArrayBuffer>>,
  { onProgress }: PushBlobOptions,
): Promise<boolean> {
  try {
    await session.finish(source);
    onProgress?.(source.byteLength);
    return true;
  } catch (error) {
    const isBroken = error instanceof NetworkError;
    if (source.byteLength > 0 && (isBroken || isRefusal(error))) return false;
    throw error;
  }
}

/** Streams; where that breaks off, goes on in chunks from where it was. */
async function sendStreamed(
  place: RepositoryPlace,
  upload: Upload,
  options: PushBlobOptions,
): Promise<boolean> {
  const { session, source } = upload;
  if (!(source instanceof Uint8Array)) return false;
  let received: number;
  try {
    received = await session.stream(source, options.onProgress);
  } catch (error) {
    if (isRefusal(error)) return false;
    if (!(error instanceof NetworkError)) throw error;
    const got = await howFar(session);
    if (got === undefined) return false;
    received = got;
  }
  return await sendInChunks(place, upload, options, received);
}

async function howFar(session: UploadSession): Promise<number | undefined> {
  try {
    return await session.status();
  } catch (error) {
    // Some registries cannot say, and forget a session that broke off.
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Whether another way may work: who is asking does not matter, and how often. */
function isRefusal(error: unknown): boolean {
  return error instanceof RegistryError && error.code !== "REGISTRY_AUTH" &&
    error.code !== "REGISTRY_RATE_LIMITED";
}

/** Sends chunk after chunk from where the registry says it is (ECR loses some). */
async function sendInChunks(
  place: RepositoryPlace,
  upload: Upload,
  options: PushBlobOptions,
  received = 0,
): Promise<boolean> {
  const { session, descriptor, source } = upload;
  const { clock } = place.connection;
  const chunkBytes = Math.max(
    options.chunkBytes ?? MAX_CHUNK_BYTES,
    // One that wants more than this is refused its wish, and may refuse then.
    Math.min(session.minChunkBytes, MAX_GATHERED_BYTES),
  );
  let sent = received;
  if (sent > descriptor.size) throw lostCount(place, descriptor, sent);
  let stalls = 0;
  // Getting as far as before is no progress: a registry may lose it each time.
  let furthest = sent;
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
  return true;
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
