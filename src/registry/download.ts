/**
 * Fetching a blob through interruptions.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { NetworkError } from "../http/mod.ts";
import type { Descriptor } from "../oci/mod.ts";
import type { Clock } from "../platform/types.ts";
import type { FetchBlobOptions, FetchedBlob } from "./blobs.ts";

/** Interruptions in a row, without a byte between them, that end a download. */
const DEFAULT_ATTEMPTS = 3;
/** Ceiling of the first wait; each later one doubles. */
const BACKOFF_MS = 1000;

/** Where a download goes; for example a partial file with a hash beside it. */
export interface DownloadSink {
  /** Takes the next bytes, which may be overwritten when it is done. */
  readonly write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void> | void;
  /** Forgets all bytes so far: the blob comes again from its start. */
  readonly restart: () => Promise<void> | void;
}

/** Options of {@linkcode downloadBlob}. */
export interface DownloadBlobOptions {
  /** Where the bytes go. */
  readonly sink: DownloadSink;
  /** Time and chance. */
  readonly clock: Clock;
  /** Bytes that the sink has already; 0 unless told otherwise. */
  readonly offset?: number;
  /** Interruptions in a row that end it; 3 unless told otherwise. */
  readonly attempts?: number;
  /** Hears how many bytes the sink has. */
  readonly onProgress?: ((receivedBytes: number) => void) | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/** The part of a repository that a download needs. */
export interface BlobReader {
  /** The host of the registry, for errors. */
  readonly host: string;
  /** Starts to fetch a blob. */
  readonly fetchBlob: (
    descriptor: Descriptor,
    options?: FetchBlobOptions,
  ) => Promise<FetchedBlob>;
}

/**
 * Fetches a blob into a sink, and after an interruption the rest of it.
 *
 * The sink gets exactly the size that the descriptor promises, or this
 * rejects. Whether they are the right bytes is for the digest to say, which
 * the sink's owner computes.
 *
 * @param repository Where the blob is.
 * @param descriptor The blob.
 * @param options Sink, time, limits.
 * @throws {ForgeError} `SIZE_MISMATCH` for more bytes than promised,
 * `NETWORK_FAILED` or `NETWORK_TIMEOUT` after too many interruptions, and what
 * the sink throws.
 *
 * @example
 * ```ts
 * import { createProjectClient, openProject, platform } from "@forgepoint/forge";
 * import { downloadBlob } from "@forgepoint/forge/oci";
 *
 * const project = await openProject({ platform });
 * const client = await createProjectClient(project.config, {
 *   platform,
 *   root: project.location.root,
 *   offline: false,
 * });
 * const repository = client.repository("ghcr.io", "acme/extensions/notes");
 * const { digest } = await repository.resolve("v1.0.0");
 * const { manifest } = await repository.fetchManifest(digest);
 * if (manifest.kind === "manifest" && manifest.layers[0] !== undefined) {
 *   let chunks: Uint8Array[] = [];
 *   await downloadBlob(repository, manifest.layers[0], {
 *     sink: {
 *       write: (chunk) => void chunks.push(chunk.slice()),
 *       restart: () => void (chunks = []),
 *     },
 *     clock: platform.clock,
 *   });
 * }
 * ```
 */
export async function downloadBlob(
  repository: BlobReader,
  descriptor: Descriptor,
  options: DownloadBlobOptions,
): Promise<void> {
  const { clock, signal, attempts = DEFAULT_ATTEMPTS } = options;
  const download = new Download(repository, descriptor, options);
  let failures = 0;
  // Progress is what goes beyond all attempts so far: where a server cannot go
  // on, each begins anew, and getting as far as before is none.
  let furthest = download.received;
  while (!download.isComplete) {
    const interruption = await download.advance();
    if (interruption === undefined) continue;
    failures = download.received > furthest ? 1 : failures + 1;
    furthest = Math.max(furthest, download.received);
    if (failures >= attempts) throw interruption;
    const ceilingMs = BACKOFF_MS * 2 ** (failures - 1);
    await clock.sleep(clock.random() * ceilingMs, { signal });
  }
}

/** A download in progress. */
class Download {
  readonly #repository: BlobReader;
  readonly #descriptor: Descriptor;
  readonly #options: DownloadBlobOptions;
  #isStarted = false;
  #received: number;

  constructor(
    repository: BlobReader,
    descriptor: Descriptor,
    options: DownloadBlobOptions,
  ) {
    this.#repository = repository;
    this.#descriptor = descriptor;
    this.#options = options;
    this.#received = options.offset ?? 0;
  }

  /** How many bytes the sink has. */
  get received(): number {
    return this.#received;
  }

  get isComplete(): boolean {
    // An empty blob too has to be asked for once: it may not be there.
    const isKnown = this.#isStarted || this.#received > 0;
    return isKnown && this.#received === this.#descriptor.size;
  }

  /** Takes what comes; gives the interruption when it was cut short. */
  async advance(): Promise<NetworkError | undefined> {
    const { signal } = this.#options;
    if (this.#received > this.#descriptor.size) await this.#restart();
    const offset = this.#received;
    // What fails here has been tried again already, by the transport.
    const blob = await this.#repository.fetchBlob(this.#descriptor, {
      offset,
      reusesPieces: true,
      signal,
    });
    this.#isStarted = true;
    if (blob.offset !== offset) await this.#restart();
    try {
      for await (const chunk of blob.chunks) await this.#take(chunk);
    } catch (error) {
      if (error instanceof NetworkError && error.retryable) return error;
      throw error;
    }
    return this.isComplete ? undefined : this.#endedEarly();
  }

  async #take(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    const { digest, size } = this.#descriptor;
    const total = this.#received + chunk.byteLength;
    if (total > size) {
      throw new ForgeError(
        "SIZE_MISMATCH",
        `Cannot accept ${digest}: expected ${size} bytes, received ${total} or more`,
        {
          hint: "The transfer was altered: try again, or check the proxy",
        },
      );
    }
    await this.#options.sink.write(chunk);
    this.#received = total;
    this.#options.onProgress?.(total);
  }

  async #restart(): Promise<void> {
    await this.#options.sink.restart();
    this.#received = 0;
  }

  #endedEarly(): NetworkError {
    const { size } = this.#descriptor;
    return new NetworkError(this.#repository.host, {
      reason: "reset",
      detail: `the transfer ended after ${this.#received} of ${size} bytes`,
    });
  }
}
