/**
 * Finding the module of an image in a registry.
 *
 * @module
 */

import { chooseLayers, extractModule, noModuleFound } from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  digestBytes,
  digestHex,
  verifyBytes,
} from "../oci/mod.ts";
import { downloadBlob } from "../registry/mod.ts";
import { checkHeader } from "../wasm/mod.ts";
import { resolveImage } from "./resolve_image.ts";
import type { ReadImage, ReadImageOptions } from "./read_image.ts";

/** Bytes of a layer, and of a module, unless told otherwise: more than any that could be run. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** Looks through the layers of an image, the likeliest first. */
export async function fetchModule(
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
