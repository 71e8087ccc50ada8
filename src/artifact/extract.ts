/**
 * The module inside of a layer: raw, compressed, in a tar, or in a compressed
 * tar.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { peek } from "./byte_stream.ts";
import { decompress } from "./decompress.ts";
import { rankFileName } from "./file_rank.ts";
import { readTar, type TarEntry } from "./read_tar.ts";
import { type ContentKind, sniff, SNIFF_BYTES } from "./sniff.ts";
import { Whiteouts } from "./whiteouts.ts";

/**
 * Bytes that a layer may have after unpacking, unless told otherwise. V8 does
 * not compile a module of more than 1 GiB, so that no useful one is refused.
 */
export const MAX_UNPACKED_BYTES: number = 1024 * 1024 * 1024;

/** Names of files that are kept for messages. */
const MAX_REPORTED_FILES = 50;

/** Where the bytes of the module go. */
export interface ModuleSink {
  /** Takes the next bytes. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** Forgets all bytes so far: another file of the tar is the better one. */
  readonly restart: () => Promise<void>;
}

/** How {@linkcode extractModule} may be told to work. */
export interface ExtractModuleOptions {
  /** Bytes that the layer may have after unpacking; {@linkcode MAX_UNPACKED_BYTES} if not given. */
  readonly maxBytes?: number;
  /** What later layers hide, as their extraction returned it. */
  readonly hidden?: ReadonlySet<string>;
  /** Ends the work; rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@linkcode extractModule} found. */
export interface Extraction {
  /** The module that the sink has received; absent when the layer has none. */
  readonly module?: ExtractedModule;
  /** What the layer is, and if it is compressed, what is in there, from the outside in. */
  readonly content: readonly ContentKind[];
  /** The first bytes, unpacked, of what is neither a module nor an archive. */
  readonly head?: Uint8Array;
  /** Files of its tar, at most 50 of them. */
  readonly files: readonly string[];
  /** What this layer and later ones hide: pass it on to the layer before. */
  readonly hidden: ReadonlySet<string>;
}

/** A module that was found in a layer. */
export interface ExtractedModule {
  /** Its size in bytes. */
  readonly sizeBytes: number;
  /** Its path in the tar; absent when the layer is no tar. */
  readonly fileName?: string;
}

/**
 * Finds the module of a layer and writes it to a sink.
 *
 * Memory stays flat whatever the sizes, and paths of a tar are never used on a
 * disk. Of several `.wasm` files `extension.wasm` is taken, or else
 * `plugin.wasm`; a file that is there twice counts as tar has it, the last.
 *
 * @param source The bytes of the layer, which must have been verified.
 * @param sink Receives the module. Give what it received a name only after
 * this function has returned: on any error it is worthless.
 * @param options The limit, and what later layers hide.
 * @returns The module, if there was one; what is neither WASM nor an archive
 * is not an error here, as another layer may hold it.
 * @throws {ForgeError} `ARTIFACT_AMBIGUOUS` for several modules,
 * `ARTIFACT_UNSUPPORTED` for damaged archives, `TOO_LARGE`.
 */
export async function extractModule(
  source: AsyncIterable<Uint8Array>,
  sink: ModuleSink,
  options: ExtractModuleOptions = {},
): Promise<Extraction> {
  const { maxBytes = MAX_UNPACKED_BYTES, hidden = new Set() } = options;
  const budget = new Budget(maxBytes, options.signal);
  const outer = await peek(source, SNIFF_BYTES);
  const kind = sniff(outer.head);
  const isPacked = kind === "gzip" || kind === "zstd";
  const { head, chunks } = isPacked
    ? await peek(decompress(outer.chunks, kind), SNIFF_BYTES)
    : outer;
  const inner = isPacked ? sniff(head) : kind;
  const content = isPacked ? [kind, inner] : [kind];
  const counted = budget.counting(chunks);
  if (inner === "wasm") {
    const sizeBytes = await copy(counted, sink);
    return { content, module: { sizeBytes }, files: [], hidden };
  }
  if (inner === "tar") {
    return { content, ...await extractFromTar(counted, sink, hidden) };
  }
  await counted.return();
  return { content, head, files: [], hidden };
}

/** What may still be unpacked. */
class Budget {
  #left: number;
  readonly #maxBytes: number;
  readonly #signal: AbortSignal | undefined;

  constructor(maxBytes: number, signal: AbortSignal | undefined) {
    this.#left = maxBytes;
    this.#maxBytes = maxBytes;
    this.#signal = signal;
  }

  async *counting(
    chunks: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      this.#signal?.throwIfAborted();
      this.#left -= chunk.byteLength;
      if (this.#left < 0) throw this.#exceeded();
      yield chunk;
    }
  }

  #exceeded(): ForgeError {
    return new ForgeError(
      "TOO_LARGE",
      `Cannot unpack layer: it has more than ${this.#maxBytes} bytes unpacked`,
      { hint: "Publish the module alone, in an image made FROM scratch" },
    );
  }
}

async function extractFromTar(
  chunks: AsyncIterable<Uint8Array>,
  sink: ModuleSink,
  hidden: ReadonlySet<string>,
): Promise<Omit<Extraction, "content">> {
  const whiteouts = new Whiteouts(hidden);
  const files: string[] = [];
  const choice = new Choice(sink);
  for await (const entry of readTar(chunks)) {
    if (whiteouts.take(entry)) continue;
    if (entry.kind !== "file") continue;
    if (files.length < MAX_REPORTED_FILES) files.push(entry.path);
    if (!whiteouts.hides(entry.path)) await choice.offer(entry);
  }
  const module = choice.decide();
  return {
    files,
    hidden: whiteouts.all,
    ...(module === undefined ? {} : { module }),
  };
}

/** The best file so far, already written, and the names that are as good. */
class Choice {
  readonly #sink: ModuleSink;
  #rank = 0;
  readonly #paths = new Set<string>();
  #sizeBytes = 0;

  constructor(sink: ModuleSink) {
    this.#sink = sink;
  }

  async offer(entry: TarEntry): Promise<void> {
    const rank = rankFileName(entry.path);
    if (rank === 0 || rank < this.#rank) return;
    const isBetter = rank > this.#rank;
    if (isBetter) this.#paths.clear();
    const isSame = this.#paths.has(entry.path);
    this.#paths.add(entry.path);
    if (this.#paths.size > MAX_REPORTED_FILES) throw this.#ambiguous();
    // Another name as good as this one leaves only better names to hope for.
    if (!isBetter && !(isSame && this.#paths.size === 1)) return;
    if (this.#rank > 0) await this.#sink.restart();
    this.#rank = rank;
    this.#sizeBytes = await copy(entry.content, this.#sink);
  }

  decide(): ExtractedModule | undefined {
    const [fileName, ...others] = this.#paths;
    if (fileName === undefined) return undefined;
    if (others.length === 0) return { sizeBytes: this.#sizeBytes, fileName };
    throw this.#ambiguous();
  }

  #ambiguous(): ForgeError {
    const names = [...this.#paths].sort().map((name) => `"${name}"`);
    return new ForgeError(
      "ARTIFACT_AMBIGUOUS",
      `Cannot choose among ${names.length} modules of the layer: ${
        names.join(", ")
      }`,
      { hint: 'Name the one that is meant "/extension.wasm"' },
    );
  }
}

async function copy(
  chunks: AsyncIterable<Uint8Array>,
  sink: ModuleSink,
): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) {
    await sink.write(chunk);
    size += chunk.byteLength;
  }
  return size;
}
