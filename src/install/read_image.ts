/**
 * The module of an image in memory, for who only wants to look at it.
 *
 * @module
 */

import { chooseLayers, extractModule, noModuleFound } from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestBytes,
  digestHex,
  type ImageManifest,
  verifyBytes,
} from "../oci/mod.ts";
import type { Clock } from "../platform/types.ts";
import { downloadBlob, type ImageSource } from "../registry/mod.ts";
import { checkHeader } from "../wasm/mod.ts";
import { resolveImage } from "./resolve_image.ts";

/** Bytes of a layer, and of a module, unless told otherwise: more than any that could be run. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** Options of {@linkcode readImage}. */
export interface ReadImageOptions {
  /** Where the image is. */
  readonly repository: ImageSource;
  /** Time. */
  readonly clock: Clock;
  /** Bytes that a layer, and the module in it, may have; 256 MiB unless told otherwise. */
  readonly maxBytes?: number | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/** An image, and the module in it. */
export interface ReadImage {
  /** Digest of the manifest or index that the reference names. */
  readonly digest: Digest;
  /** Digest of the manifest itself; the same where there is no index. */
  readonly manifestDigest: Digest;
  /** The manifest. */
  readonly manifest: ImageManifest;
  /** The layer that holds the module. */
  readonly layer: Descriptor;
  /** The module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the module, 64 lowercase hex digits. */
  readonly sha256: string;
}

/**
 * Fetches an image's manifest, and of its layers only what it takes to find the
 * module. Everything is verified; nothing is written to a disk.
 *
 * @param reference A tag or digest.
 * @throws {ForgeError} As a pull does: `ARTIFACT_NO_MODULE`, `DIGEST_MISMATCH`,
 * `TOO_LARGE`, what the registry's failure is.
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   inspect,
 *   openProject,
 *   platform,
 *   readImage,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const { root } = project.location;
 * const client = await createProjectClient(project.config, {
 *   ...{ platform, root, registries: ["ghcr.io"], offline: false },
 * });
 * const image = await readImage("v1.0.0", {
 *   repository: client.repository("ghcr.io", "acme/extensions/notes"),
 *   clock: platform.clock,
 * });
 * inspect(image.bytes).exports.length;
 * ```
 */
export async function readImage(
  reference: string,
  options: ReadImageOptions,
): Promise<ReadImage> {
  const { maxBytes = DEFAULT_MAX_BYTES, signal } = options;
  const image = await resolveImage(reference, options);
  const files: string[] = [];
  let hidden: ReadonlySet<string> = new Set();
  for (const { descriptor, reason } of chooseLayers(image.manifest)) {
    const layer = await fetchLayer(descriptor, { ...options, maxBytes });
    const sink = new MemorySink(maxBytes);
    const found = await extractModule(oneChunk(layer), sink, {
      ...{ maxBytes, hidden, signal },
    });
    if (found.module !== undefined) {
      const bytes = sink.bytes();
      const sha256 = digestHex(await digestBytes(bytes));
      return { ...image, layer: descriptor, bytes, sha256 };
    }
    // What calls itself a module and is none: say what it looks like.
    if (reason === "media-type" && found.head) checkHeader(found.head);
    hidden = found.hidden;
    files.push(...found.files);
  }
  throw noModuleFound(image.manifest, files);
}

async function fetchLayer(
  descriptor: Descriptor,
  options: ReadImageOptions & { readonly maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { repository, clock, signal, maxBytes } = options;
  if (descriptor.size > maxBytes) throw tooLarge(descriptor.size, maxBytes);
  const sink = new MemorySink(descriptor.size);
  await downloadBlob(repository, descriptor, { sink, clock, signal });
  const bytes = sink.bytes();
  await verifyBytes(bytes, descriptor);
  return bytes;
}

/** Keeps what it gets, up to a limit. */
class MemorySink {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  readonly write = (chunk: Uint8Array): Promise<void> => {
    this.#size += chunk.byteLength;
    if (this.#size > this.#limit) throw tooLarge(this.#size, this.#limit);
    // Whoever writes may use its buffer again.
    this.#chunks.push(chunk.slice());
    return Promise.resolve();
  };

  readonly restart = (): Promise<void> => {
    this.#chunks = [];
    this.#size = 0;
    return Promise.resolve();
  };

  bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return all;
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function tooLarge(size: number, limit: number): ForgeError {
  return new ForgeError(
    "TOO_LARGE",
    `Cannot read an image of ${size} bytes into memory: the limit is ${limit}`,
    { hint: "Pull it, and look at the file" },
  );
}
