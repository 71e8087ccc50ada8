/**
 * One layer from a registry to a staged file, verified.
 *
 * @module
 */

import { MAX_UNPACKED_BYTES } from "../artifact/mod.ts";
import {
  type Cache,
  errorCode,
  MIN_RESUMABLE_BYTES,
  type Remains,
  type StagedFile,
} from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { Clock, Files } from "../platform/types.ts";
import { downloadBlob, type ImageSource } from "../registry/mod.ts";
import { type CheckedContent, CheckedSink } from "./checked_sink.ts";

/** A layer that has been downloaded. */
export interface Layer extends CheckedContent {
  /** All of the layer, verified. */
  readonly staged: StagedFile;
}

/** What a download needs. */
export interface DownloadContext {
  /** Where the layer comes from. */
  readonly repository: ImageSource;
  /** Where it goes. */
  readonly cache: Cache;
  /** The disk. */
  readonly files: Files;
  /** Time. */
  readonly clock: Clock;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the progress. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void;
}

/**
 * Downloads a layer, going on from what an earlier download left of it.
 *
 * When the download is interrupted, what there is stays for the next; when the
 * bytes are wrong, nothing does, and what came from an earlier download is
 * fetched again once. What a mirror could not give is asked of the registry.
 *
 * @throws {ForgeError} `TOO_LARGE` for more than a module may have, and what
 * the registry's failure is.
 */
export async function downloadLayer(
  descriptor: Descriptor,
  context: DownloadContext,
): Promise<Layer> {
  checkSize(descriptor);
  try {
    return await downloadFrom(descriptor, context);
  } catch (error) {
    const mayBeOfMirror = isWrongContent(error) || isInterruption(error);
    const repository = mayBeOfMirror
      ? context.repository.withoutMirrors?.(error)
      : undefined;
    if (repository === undefined) throw error;
    return await downloadFrom(descriptor, { ...context, repository });
  }
}

/** Filling the disk with what nobody can compile would be all that comes of it. */
function checkSize({ digest, size }: Descriptor): void {
  if (size <= MAX_UNPACKED_BYTES) return;
  throw new ForgeError(
    "TOO_LARGE",
    `Cannot download layer ${digest}: it is said to have ${size} bytes, more than the ${MAX_UNPACKED_BYTES} that a module may have`,
    { hint: "Check that the registry and the image are the ones you mean" },
  );
}

async function downloadFrom(
  descriptor: Descriptor,
  context: DownloadContext,
): Promise<Layer> {
  const remains = await usableRemains(descriptor, context);
  if (remains === undefined) return await download(descriptor, context);
  try {
    return await download(descriptor, context, remains);
  } catch (error) {
    if (!isWrongContent(error)) throw error;
    await context.files.remove(remains.path);
    return await download(descriptor, context);
  }
}

async function download(
  descriptor: Descriptor,
  context: DownloadContext,
  remains?: Remains,
): Promise<Layer> {
  const { repository, cache, clock, files, signal, onProgress } = context;
  const staged = await cache.stage({ digest: descriptor.digest });
  const sink = new CheckedSink(staged, descriptor);
  try {
    if (remains !== undefined) await copyRemains(remains, sink, context);
    await downloadBlob(repository, descriptor, {
      sink,
      clock,
      offset: sink.size,
      signal,
      onProgress: (received) => onProgress?.(received, descriptor.size),
    });
    const content = sink.finish();
    if (remains?.isAbandoned) await files.remove(remains.path);
    return { staged, ...content };
  } catch (error) {
    const isWorthKeeping = sink.size >= MIN_RESUMABLE_BYTES &&
      !isWrongContent(error) && !isRefusedByDisk(error);
    await (isWorthKeeping ? staged.keep() : staged.discard());
    throw error;
  }
}

/** The most that is left of a layer, if it is enough to go on from. */
async function usableRemains(
  descriptor: Descriptor,
  { cache, files }: DownloadContext,
): Promise<Remains | undefined> {
  if (descriptor.size < MIN_RESUMABLE_BYTES) return undefined;
  const [most, ...others] = await cache.remains(descriptor.digest);
  for (const other of others) {
    if (other.isAbandoned) await files.remove(other.path);
  }
  const isUsable = most !== undefined && most.size >= MIN_RESUMABLE_BYTES &&
    most.size <= descriptor.size;
  return isUsable ? most : undefined;
}

async function copyRemains(
  remains: Remains,
  sink: CheckedSink,
  { files, signal }: DownloadContext,
): Promise<void> {
  try {
    for await (const chunk of files.readChunks(remains.path)) {
      signal?.throwIfAborted();
      // Another process may still be writing: take what there was when we looked.
      const left = remains.size - sink.size;
      await sink.write(chunk.subarray(0, left));
      if (sink.size === remains.size) return;
    }
  } catch (error) {
    // The process that wrote it has just ended its download: go on without it.
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** Whether bytes were not what their digest or size says. */
export function isWrongContent(error: unknown): boolean {
  return error instanceof ForgeError &&
    (error.code === "DIGEST_MISMATCH" || error.code === "SIZE_MISMATCH");
}

function isInterruption(error: unknown): boolean {
  return error instanceof ForgeError &&
    (error.code === "NETWORK_FAILED" || error.code === "NETWORK_TIMEOUT");
}

/** A disk that is full must not stay so because of what it has of a download. */
function isRefusedByDisk(error: unknown): boolean {
  return error instanceof ForgeError && error.code === "CACHE_UNWRITABLE";
}
