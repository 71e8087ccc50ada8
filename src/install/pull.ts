/**
 * One module from a registry into the cache.
 *
 * Where a signature is demanded, it is verified before anything but manifests
 * is fetched. Blobs go to a temporary file in the cache directory, are verified
 * there, and unpacked from there if they are packed. Only a verified module
 * whose header is right becomes an entry.
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
import type {
  ModuleWrapping,
  TrustPolicy,
  VerifiedSignature,
} from "../trust/mod.ts";
import { checkHeader } from "../wasm/mod.ts";
import { CheckedSink } from "./checked_sink.ts";
import {
  type DownloadContext,
  downloadLayer,
  isWrongContent,
  type Layer,
} from "./download_layer.ts";
import { requireContent, requireLayer } from "./locked.ts";
import type { PlannedOci } from "./plan.ts";
import { type ResolvedImage, resolveImage } from "./resolve_image.ts";
import type { VerifiedImage } from "./signed_image.ts";

/** What a pull needs. */
export interface PullContext extends DownloadContext {
  /** Pulls of this install, by the layers that they are of: the same content is fetched once. */
  readonly pulls: Map<string, Promise<PulledModule>>;
  /** Whose signature the image must have; absent when it needs none. */
  readonly policy?: TrustPolicy | undefined;
  /** What to pull for a tag: what the cache has for it, when only its signature is wanted. */
  readonly pinned?: string | undefined;
}

/** A module that has become a cache entry. */
export interface PulledModule {
  /** The entry. */
  readonly entry: CacheEntry;
  /** How the module lies in its layer, where a signature was demanded and the layer is more. */
  readonly wrapping?: ModuleWrapping | undefined;
  /** The signature that was accepted, where one was demanded. */
  readonly signature?: VerifiedSignature | undefined;
}

/** Pulls the module of an image and makes it the cache entry of `planned`. */
export async function pullModule(
  planned: PlannedOci,
  context: PullContext,
): Promise<PulledModule> {
  const wanted = context.pinned ?? planned.reference;
  const image = await resolveImage(wanted, context);
  const layers = chooseLayers(image.manifest);
  requireLayer(planned, layers);
  const signed = await verifySignature(image, context);
  const key = [signed === undefined ? "any" : "signed"]
    .concat(layers.map(({ descriptor }) => descriptor.digest)).join(" ");
  let running = context.pulls.get(key);
  while (running !== undefined) {
    const twin = await running.catch(() => undefined);
    const copy = twin && await tryCopyModule(twin, image, context);
    if (copy !== undefined) {
      return await commit(planned, { image, signed, module: copy }, context);
    }
    // Of all for whom that pull was no help, the first pulls for the others.
    const next = context.pulls.get(key);
    running = next === running ? undefined : next;
  }
  const pull = async () => {
    const module = await fetchModule(image.manifest, layers, context);
    return await commit(planned, { image, signed, module }, context);
  };
  const pulling = pull();
  context.pulls.set(key, pulling);
  return await pulling;
}

/** Nothing of an image is fetched before its signature holds. */
async function verifySignature(
  { digests }: ResolvedImage,
  { repository, policy, signal }: PullContext,
): Promise<VerifiedImage | undefined> {
  if (policy === undefined) return undefined;
  const { verifyImage } = await import("./signed_image.ts");
  return await verifyImage(repository, digests, { policy, signal });
}

async function commit(
  planned: PlannedOci,
  pulled: {
    readonly image: ResolvedImage;
    readonly signed: VerifiedImage | undefined;
    readonly module: FetchedModule;
  },
  context: PullContext,
): Promise<PulledModule> {
  const { image, signed, module } = pulled;
  const { registry, image: name, reference } = planned;
  const { cache, clock } = context;
  try {
    requireContent(planned, {
      manifestDigest: image.digest,
      layerDigest: module.layerDigest,
      sha256: module.sha256,
      sizeBytes: module.size,
    });
    const signatures = await recordFor(pulled, context);
    const entry = await cache.commit(planned.cacheKey, module.staged, {
      registry,
      image: name,
      reference,
      contentDigest: image.digest,
      fetchedAtMs: clock.now(),
      sizeBytes: module.size,
      sha256: module.sha256,
      layerDigest: module.layerDigest,
    }, { signatures });
    const { wrapping } = module;
    return { entry, wrapping, signature: signed?.verified };
  } finally {
    await module.staged.discard();
  }
}

/** What is kept beside a module whose signature holds. */
async function recordFor(
  { image, signed, module }: Parameters<typeof commit>[1],
  { files }: PullContext,
): Promise<string | undefined> {
  if (signed === undefined) return undefined;
  const { recordOf } = await import("./signature_evidence.ts");
  await module.staged.finish();
  const { signatures } = signed;
  const { manifests, manifest } = image;
  const { wrapping, sha256, size } = module;
  return await recordOf({ manifests, manifest, signatures, wrapping }, {
    path: module.staged.path,
    sha256,
    size,
  }, files);
}

/** The module of another entry that has the same content; `undefined` when it is gone or damaged. */
async function tryCopyModule(
  twin: PulledModule,
  image: ResolvedImage,
  context: PullContext,
): Promise<FetchedModule | undefined> {
  try {
    return await copyModule(twin, image, context);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || isWrongContent(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Copies a module, checked on the way. */
async function copyModule(
  twin: PulledModule,
  { manifest }: ResolvedImage,
  context: PullContext,
): Promise<FetchedModule> {
  const { path, metadata } = twin.entry;
  const { cache, files, repository, signal } = context;
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
    if (twin.wrapping === undefined) {
      return { staged, size, sha256, layerDigest };
    }
    // The layer is the same; the config that vouches for what is in it may be another.
    const { withConfigOf } = await import("./signature_evidence.ts");
    const wrapping = await withConfigOf(twin.wrapping, manifest, {
      repository,
      files,
      signal,
    });
    return { staged, size, sha256, layerDigest, wrapping };
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
  readonly wrapping?: ModuleWrapping | undefined;
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
        const { module } = unpacked;
        const { digest } = descriptor;
        const wrapping = await wrappingFor(
          module,
          { digest, layer },
          manifest,
          context,
        );
        return { ...module, layerDigest: digest, wrapping };
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

/** What a signature will need to prove that a module is in its layer. */
async function wrappingFor(
  module: Omit<FetchedModule, "layerDigest">,
  { digest, layer }: { readonly digest: Digest; readonly layer: Layer },
  manifest: ImageManifest,
  context: PullContext,
): Promise<ModuleWrapping | undefined> {
  if (context.policy === undefined) return undefined;
  const { wrappingOf } = await import("./signature_evidence.ts");
  try {
    const { path } = layer.staged;
    return await wrappingOf(module, { digest, path }, manifest, context);
  } catch (error) {
    await module.staged.discard();
    throw error;
  }
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
