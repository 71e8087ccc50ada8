/**
 * Writing to a file while the next bytes arrive.
 *
 * @module
 */

import type { FileSink } from "../platform/types.ts";

/**
 * Bytes that are written at once. A network gives pieces of some ten KiB, and
 * each write costs a turn of the runtime; twice this is what a download holds.
 */
const BATCH_BYTES = 512 * 1024;

/** Memory that a file has at first: most modules are small, and many. */
const FIRST_BATCH_BYTES = 8 * 1024;

/**
 * Bytes after which the disk is set to work: what is not on it when the last
 * byte arrives has to be waited for.
 */
const SYNC_BYTES = 32 * 1024 * 1024;

/**
 * Gathers bytes into batches and writes one batch while the next is gathered.
 *
 * A write that fails is told of by the next call that writes, and by every one
 * after it; nobody may take the file for whole before {@linkcode flush} or
 * {@linkcode sync} has resolved.
 */
export class WriteBehind implements FileSink {
  readonly #sink: FileSink;
  #batch: Uint8Array | undefined;
  #spare: Uint8Array | undefined;
  #filled = 0;
  #pending: Promise<void> = Promise.resolve();
  #unsynced = 0;
  #syncing: Promise<void> | undefined;

  /** Writes to `sink`, and closes it. */
  constructor(sink: FileSink) {
    this.#sink = sink;
  }

  /** Takes bytes; they may be changed afterwards. */
  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.byteLength > 0) {
      const batch = this.#batchFor(this.#filled + rest.byteLength);
      const part = rest.subarray(0, batch.byteLength - this.#filled);
      batch.set(part, this.#filled);
      this.#filled += part.byteLength;
      rest = rest.subarray(part.byteLength);
      if (this.#filled === BATCH_BYTES) await this.#pass(batch);
    }
  }

  /** Writes what there is. */
  async flush(): Promise<void> {
    if (this.#batch !== undefined && this.#filled > 0) {
      await this.#pass(this.#batch);
    }
    await this.#pending;
  }

  /** Writes what there is and makes it survive a power cut. */
  async sync(): Promise<void> {
    await this.flush();
    await this.#syncing;
    await this.#sink.sync();
  }

  /** Closes the file; what was not flushed is lost. */
  async close(): Promise<void> {
    await this.#pending.catch(() => {}); // Told to whoever wrote.
    await this.#syncing?.catch(() => {}); // Told to whoever synced.
    await this.#sink.close();
  }

  /** A batch with room for so many bytes, or as many as it may have. */
  #batchFor(wanted: number): Uint8Array {
    const batch = this.#batch ??= new Uint8Array(
      Math.min(Math.max(wanted, FIRST_BATCH_BYTES), BATCH_BYTES),
    );
    const isFull = this.#filled === batch.byteLength;
    if (!isFull || batch.byteLength === BATCH_BYTES) return batch;
    const size = Math.max(2 * batch.byteLength, wanted);
    this.#batch = new Uint8Array(Math.min(size, BATCH_BYTES));
    this.#batch.set(batch);
    return this.#batch;
  }

  async #pass(batch: Uint8Array): Promise<void> {
    await this.#pending;
    this.#syncEarly();
    this.#unsynced += this.#filled;
    this.#pending = this.#sink.write(batch.subarray(0, this.#filled));
    this.#pending.catch(() => {}); // Told by the next call.
    // The batch before this one has been written: its memory is free.
    this.#batch = this.#spare;
    this.#spare = batch;
    this.#filled = 0;
  }

  /** Lets the disk write what it has while the next bytes arrive. */
  #syncEarly(): void {
    if (this.#unsynced < SYNC_BYTES || this.#syncing !== undefined) return;
    this.#unsynced = 0;
    const syncing = this.#sink.sync().then(() => {
      this.#syncing = undefined;
    });
    syncing.catch(() => {}); // Told by the call that syncs.
    this.#syncing = syncing;
  }
}
