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

import { chooseLayers } from "../artifact/mod.ts";
import { type CacheEntry, errorCode } from "../cache/mod.ts";
import { parseDigest } from "../oci/mod.ts";
import type { ModuleWrapping, VerifiedSignature } from "../trust/mod.ts";
import { CheckedSink } from "./checked_sink.ts";
import { isWrongContent } from "./download_layer.ts";
import { requireContent, requireLayer } from "./locked.ts";
import {
  type FetchedModule,
  fetchModule,
  type LayersContext,
} from "./module_of_layers.ts";
import type { PlannedOci } from "./plan.ts";
import { type ResolvedImage, resolveImage } from "./resolve_image.ts";
import type { VerifiedImage } from "./signed_image.ts";

/** What a pull needs. */
export interface PullContext extends LayersContext {
  /** Pulls of this install, by the layers that they are of: the same content is fetched once. */
  readonly pulls: Map<string, Promise<PulledModule>>;
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
