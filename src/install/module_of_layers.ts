/**
 * The module of an image, out of its layers.
 *
 * @module
 */

import {
  type Extraction,
  extractModule,
  type LayerCandidate,
  noModuleFound,
  sniff,
} from "../artifact/mod.ts";
import type { StagedFile } from "../cache/mod.ts";
import type { Digest, ImageManifest } from "../oci/mod.ts";
import type { ModuleWrapping, TrustPolicy } from "../trust/mod.ts";
import { checkHeader } from "../wasm/mod.ts";
import { CheckedSink } from "./checked_sink.ts";
import {
  type DownloadContext,
  downloadLayer,
  type Layer,
} from "./download_layer.ts";

/** What is needed to fetch layers. */
export interface LayersContext extends DownloadContext {
  /** Whose signature the image must have; absent when it needs none. */
  readonly policy?: TrustPolicy | undefined;
}

/** A module that is verified and lies in a file of its own. */
export interface FetchedModule {
  /** The file. */
  readonly staged: StagedFile;
  /** Its size in bytes. */
  readonly size: number;
  /** Its SHA-256, 64 lowercase hex digits. */
  readonly sha256: string;
  /** The layer that held it. */
  readonly layerDigest: Digest;
  /** How it lies in there, where a signature was demanded and the layer is more. */
  readonly wrapping?: ModuleWrapping | undefined;
}

/** Tries the layers in the order in which they are likely to hold the module. */
export async function fetchModule(
  manifest: ImageManifest,
  layers: readonly LayerCandidate[],
  context: LayersContext,
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
  context: LayersContext,
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
  { cache, files, signal }: LayersContext,
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
