/**
 * How fast a transfer is, and how long it will take.
 *
 * @module
 */

/** Milliseconds over which the rate is taken: long enough to be calm, short enough to notice a stall. */
const WINDOW_MS = 5_000;
/** Milliseconds between samples; chunks come far more often. */
const SAMPLE_MS = 100;
/** Milliseconds before which a rate would be a guess. */
const MIN_SPAN_MS = 500;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** One transfer as seen from outside. */
export interface TransferState {
  /** Bytes so far. */
  readonly receivedBytes: number;
  /** Bytes there will be. */
  readonly totalBytes: number;
  /** Bytes in a second; `undefined` as long as nobody can say. */
  readonly bytesPerSecond: number | undefined;
  /** Seconds until all is there; `undefined` as long as nobody can say. */
  readonly secondsLeft: number | undefined;
}

/** Measures one transfer. What was there before it began is no speed of it. */
export class TransferMeter {
  #samples: Sample[] = [];
  #received = 0;
  #total = 0;

  /** Takes how many bytes there are now. Fewer than before: it began anew. */
  record(receivedBytes: number, totalBytes: number, nowMs: number): void {
    if (receivedBytes < this.#received) this.#samples = [];
    this.#received = receivedBytes;
    this.#total = totalBytes;
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < SAMPLE_MS) return;
    this.#samples.push({ atMs: nowMs, bytes: receivedBytes });
    const start = this.#startOfWindow(nowMs);
    this.#samples = this.#samples.slice(start);
  }

  /** What can be said at a moment, also long after the last byte. */
  stateAt(nowMs: number): TransferState {
    const receivedBytes = this.#received;
    const totalBytes = this.#total;
    const bytesPerSecond = this.#rateAt(nowMs);
    const secondsLeft = bytesPerSecond === undefined || bytesPerSecond <= 0
      ? undefined
      : Math.max(0, totalBytes - receivedBytes) / bytesPerSecond;
    return { receivedBytes, totalBytes, bytesPerSecond, secondsLeft };
  }

  #rateAt(nowMs: number): number | undefined {
    const first = this.#samples[this.#startOfWindow(nowMs)];
    if (first === undefined) return undefined;
    const spanMs = nowMs - first.atMs;
    if (spanMs < MIN_SPAN_MS) return undefined;
    return (this.#received - first.bytes) / spanMs * 1000;
  }

  /** Index of the last sample that is as old as the window, or else of the first. */
  #startOfWindow(nowMs: number): number {
    const young = this.#samples.findIndex(({ atMs }) =>
      atMs > nowMs - WINDOW_MS
    );
    return Math.max(0, (young < 0 ? this.#samples.length : young) - 1);
  }
}
