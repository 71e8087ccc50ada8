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
  type Extraction,
  extractModule,
  type LayerCandidate,
  noModuleFound,
  sniff,
} from "../artifact/mod.ts";
import { type CacheEntry, errorCode, type StagedFile } from "../cache/mod.ts";
import { type Digest, type ImageManifest, parseDigest } from "../oci/mod.ts";
import { checkHeader } from "../wasm/mod.ts";
import { CheckedSink } from "./checked_sink.ts";
import {
  type DownloadContext,
  downloadLayer,
  isWrongContent,
  type Layer,
} from "./download_layer.ts";
import { lockedOf, requireContent, requireLayer } from "./locked.ts";
import type { PlannedOci } from "./plan.ts";
import { type ResolvedImage, resolveImage } from "./resolve_image.ts";

/** What a pull needs. */
export interface PullContext extends DownloadContext {
  /** Pulls of this install, by the layers that they are of: the same content is fetched once. */
  readonly pulls: Map<string, Promise<CacheEntry>>;
}

/** Pulls the module of an image and makes it the cache entry of `planned`. */
export async function pullModule(
  planned: PlannedOci,
  context: PullContext,
): Promise<CacheEntry> {
  const wanted = lockedOf(planned)?.manifestDigest ?? planned.reference;
  const image = await resolveImage(wanted, context);
  const layers = chooseLayers(image.manifest);
  requireLayer(planned, layers);
  const key = layers.map(({ descriptor }) => descriptor.digest).join(" ");
  let running = context.pulls.get(key);
  while (running !== undefined) {
    const twin = await running.catch(() => undefined);
    const copy = twin && await tryCopyModule(twin, context);
    if (copy !== undefined) {
      return await commit(planned, { image, module: copy }, context);
    }
    // Of all for whom that pull was no help, the first pulls for the others.
    const next = context.pulls.get(key);
    running = next === running ? undefined : next;
  }
  const pull = async () => {
    const module = await fetchModule(image.manifest, layers, context);
    return await commit(planned, { image, module }, context);
  };
  const pulling = pull();
  context.pulls.set(key, pulling);
  return await pulling;
}

async function commit(
  planned: PlannedOci,
  pulled: { readonly image: ResolvedImage; readonly module: FetchedModule },
  { cache, clock }: PullContext,
): Promise<CacheEntry> {
  const { image, module } = pulled;
  const { registry, image: name, reference } = planned;
  try {
    requireContent(planned, {
      manifestDigest: image.digest,
      layerDigest: module.layerDigest,
      sha256: module.sha256,
      sizeBytes: module.size,
    });
    return await cache.commit(planned.cacheKey, module.staged, {
      registry,
      image: name,
      reference,
      contentDigest: image.digest,
      fetchedAtMs: clock.now(),
      sizeBytes: module.size,
      sha256: module.sha256,
      layerDigest: module.layerDigest,
    });
  } finally {
    await module.staged.discard();
  }
}

/** The module of another entry that has the same content; `undefined` when it is gone or damaged. */
async function tryCopyModule(
  twin: CacheEntry,
  context: PullContext,
): Promise<FetchedModule | undefined> {
  try {
    return await copyModule(twin, context);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || isWrongContent(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Copies a module, checked on the way. */
async function copyModule(
  { path, metadata }: CacheEntry,
  { cache, files, signal }: PullContext,
): Promise<FetchedModule> {
  const staged = await cache.stage();
  try {
    const digest = parseDigest(`sha256:${metadata.sha256}`);
    const sink = new CheckedSink(staged, { digest, size: metadata.sizeBytes });
    for await (const chunk of files.readChunks(path)) {
      signal?.throwIfAborted();
      await sink.write(chunk);
    }
    const { sha256, size } = sink.finish();
    const layerDigest = parseDigest(metadata.layerDigest ?? digest);
    return { staged, size, sha256, layerDigest };
  } catch (error) {
    await staged.discard();
    throw error;
  }
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
  layers: readonly LayerCandidate[],
  context: PullContext,
): Promise<FetchedModule> {
  const files: string[] = [];
  let hidden: ReadonlySet<string> = new Set();
  let stranger: Uint8Array | undefined;
  for (const { descriptor, reason } of layers) {
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
