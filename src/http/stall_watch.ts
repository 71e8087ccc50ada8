/**
 * A guard over something that should keep moving.
 *
 * @module
 */

import type { Clock } from "../platform/types.ts";

/** Timers may fire a little early; a clock that wakes earlier is not waiting. */
const EARLY_MS = 5;

/** Options of the {@linkcode StallWatch} constructor. */
export interface StallWatchOptions {
  /** Time. */
  readonly clock: Clock;
  /** Milliseconds of waiting without progress that make a stall. */
  readonly limitMs: number;
  /** Bytes that count as progress; a slower drip is a stall. */
  readonly progressBytes: number;
  /** Called once, when it has stalled. */
  readonly onStall: () => void;
}

/**
 * Measures how long somebody waits for bytes, not how long the bytes wait for
 * somebody: time between {@linkcode end} and {@linkcode begin} is the
 * consumer's own. No timer outlives the waiting by more than one limit.
 */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #stop = new AbortController();
  #waitedMs = 0;
  #bytes = 0;
  #since: number | undefined;
  #isWatching = false;

  /** Makes a guard that watches nothing yet. */
  constructor(options: StallWatchOptions) {
    this.#options = options;
  }

  /** Somebody waits from now on. */
  begin(): void {
    this.#since = this.#options.clock.now();
    if (!this.#isWatching) this.#watch();
  }

  /** The wait is over, and brought so many bytes. */
  end(bytes: number): void {
    const { clock, progressBytes } = this.#options;
    this.#waitedMs += clock.now() - (this.#since ?? clock.now());
    this.#since = undefined;
    this.#bytes += bytes;
    if (this.#bytes < progressBytes) return;
    this.#bytes = 0;
    this.#waitedMs = 0;
  }

  /** Nothing is to be watched any more. */
  stop(): void {
    // A reason of its own spares a DOMException, with a stack, for each request.
    this.#stop.abort("stopped");
  }

  async #watch(): Promise<void> {
    const { clock, limitMs, onStall } = this.#options;
    const { signal } = this.#stop;
    this.#isWatching = true;
    while (!signal.aborted && this.#since !== undefined) {
      const started = clock.now();
      const left = limitMs - this.#waitedMs - (started - this.#since);
      if (left <= 0) return onStall();
      try {
        await clock.sleep(left, { signal });
      } catch {
        break; // Stopped: sleeping has no other way to fail.
      }
      if (clock.now() - started < left - EARLY_MS) break;
    }
    this.#isWatching = false;
  }
}
