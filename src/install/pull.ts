/**
 * One module from a registry into the cache.
 *
 * Blobs go to a temporary file in the cache directory, are verified there, and
 * unpacked from there if they are packed. Only a verified module whose header
 * is right becomes an entry.
 *
 * @module
 */

import {
  chooseLayers,
  chooseManifest,
  type Extraction,
  extractModule,
  MAX_INDEX_DEPTH,
  noModuleFound,
  sniff,
} from "../artifact/mod.ts";
import type { Cache, CacheEntry, StagedFile } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import type { Descriptor, Digest, ImageManifest } from "../oci/mod.ts";
import type { Clock, Files } from "../platform/types.ts";
import { downloadBlob, type Repository } from "../registry/mod.ts";
import { checkHeader } from "../wasm/mod.ts";
import { CheckedSink } from "./checked_sink.ts";
import type { PlannedOci } from "./plan.ts";

/** What a pull needs. */
export interface PullContext {
  /** The repository of the image. */
  readonly repository: Repository;
  /** Where the module goes. */
  readonly cache: Cache;
  /** The disk. */
  readonly files: Files;
  /** Time. */
  readonly clock: Clock;
  /** Stops the pull. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the progress of the layer. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number) => void;
}

/** Pulls the module of an image and makes it the cache entry of `planned`. */
export async function pullModule(
  planned: PlannedOci,
  context: PullContext,
): Promise<CacheEntry> {
  const image = await resolveImage(planned.reference, context);
  const module = await fetchModule(image.manifest, context);
  try {
    return await context.cache.commit(planned.cacheKey, module.staged, {
      registry: planned.registry,
      image: planned.image,
      reference: planned.reference,
      contentDigest: image.digest,
      fetchedAtMs: context.clock.now(),
      sizeBytes: module.size,
      sha256: module.sha256,
      layerDigest: module.layerDigest,
    });
  } finally {
    await module.staged.discard();
  }
}

interface ResolvedImage {
  /** Of the manifest or index that the reference names: what `forge digest` prints. */
  readonly digest: Digest;
  readonly manifest: ImageManifest;
}

async function resolveImage(
  reference: string,
  { repository, signal }: PullContext,
): Promise<ResolvedImage> {
  const first = await repository.fetchManifest(reference, { signal });
  let { manifest } = first;
  for (let depth = 0; manifest.kind === "index"; depth++) {
    if (depth === MAX_INDEX_DEPTH) {
      throw new ForgeError(
        "MANIFEST_INVALID",
        `Cannot follow indexes more than ${MAX_INDEX_DEPTH} deep`,
        { hint: "Reference the image itself by its digest" },
      );
    }
    const chosen = chooseManifest(manifest);
    ({ manifest } = await repository.fetchManifest(chosen.digest, { signal }));
  }
  return { digest: first.descriptor.digest, manifest };
}

interface FetchedModule {
  readonly staged: StagedFile;
  readonly size: number;
  readonly sha256: string;
  readonly layerDigest: Digest;
}

/** Tries the layers in the order in which they are likely to hold the module. */
async function fetchModule(
  manifest: ImageManifest,
  context: PullContext,
): Promise<FetchedModule> {
  const files: string[] = [];
  let hidden: ReadonlySet<string> = new Set();
  let stranger: Uint8Array | undefined;
  for (const { descriptor, reason } of chooseLayers(manifest)) {
    const layer = await downloadLayer(descriptor, context);
    if (sniff(layer.head) === "wasm") {
      return { ...layer, layerDigest: descriptor.digest };
    }
    try {
      const unpacked = await unpackLayer(layer, hidden, context);
      if (unpacked.module) {
        return { ...unpacked.module, layerDigest: descriptor.digest };
      }
      ({ hidden } = unpacked.extraction);
      files.push(...unpacked.extraction.files);
      const { content, head } = unpacked.extraction;
      if (head === undefined) continue;
      if (content.length === 1 && reason === "media-type") checkHeader(head);
      stranger = head;
    } finally {
      await layer.staged.discard();
    }
  }
  // Nothing in there was even an archive: say what the bytes look like.
  if (stranger !== undefined && files.length === 0) checkHeader(stranger);
  throw noModuleFound(manifest, files);
}

interface Unpacked {
  readonly extraction: Extraction;
  readonly module?: Omit<FetchedModule, "layerDigest">;
}

/** Unpacks the module of a layer that is not one itself into another staged file. */
async function unpackLayer(
  layer: Layer,
  hidden: ReadonlySet<string>,
  { cache, files, signal }: PullContext,
): Promise<Unpacked> {
  const staged = await cache.stage();
  try {
    const sink = new CheckedSink(staged);
    await layer.staged.finish();
    const packed = files.readChunks(layer.staged.path);
    const extraction = await extractModule(packed, sink, { hidden, signal });
    if (extraction.module === undefined) {
      await staged.discard();
      return { extraction };
    }
    const { head, ...content } = sink.finish();
    checkHeader(head);
    return { extraction, module: { staged, ...content } };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

interface Layer {
  /** All of the layer, verified. */
  readonly staged: StagedFile;
  readonly size: number;
  readonly sha256: string;
  /** Its first bytes, enough to sniff. */
  readonly head: Uint8Array;
}

/** Downloads a layer to a staged file and verifies it there. */
async function downloadLayer(
  descriptor: Descriptor,
  context: PullContext,
): Promise<Layer> {
  const { repository, cache, clock, signal, onProgress } = context;
  const staged = await cache.stage();
  try {
    const checked = new CheckedSink(staged, descriptor);
    await downloadBlob(repository, descriptor, {
      sink: checked,
      clock,
      signal,
      onProgress: (received) => onProgress?.(received, descriptor.size),
    });
    return { staged, ...checked.finish() };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}
