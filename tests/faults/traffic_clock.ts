/**
 * Time that passes only while nobody is at work.
 *
 * @module
 */

import type { Clock, PlatformFetch } from "../../src/platform/types.ts";

/** Says whether a request will bring nothing more for now, given how many bytes of its body have arrived; `undefined` before the head. */
export type IsStuck = (url: URL, receivedBytes: number | undefined) => boolean;

interface Pending {
  readonly isStuck: () => boolean;
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * A clock for a real network: it stands still as long as a request is under
 * way that will be answered, and jumps to the next moment that somebody waits
 * for as soon as none is.
 */
export class TrafficClock implements Clock {
  /** Which requests are not worth waiting for. */
  isStuck: IsStuck = () => false;
  #nowMs = Date.now();
  readonly #pending = new Set<Pending>();
  readonly #sleepers = new Set<Sleeper>();
  #isTicking = false;
  readonly #startMs = this.#nowMs;

  readonly now = (): number => this.#nowMs;
  readonly random = (): number => Math.random();

  /** Milliseconds that have passed by this clock. */
  get passedMs(): number {
    return this.#nowMs - this.#startMs;
  }

  readonly sleep: Clock["sleep"] = (milliseconds, { signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const end = (settle: () => void) => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const untilMs = this.#nowMs + milliseconds;
      const sleeper: Sleeper = { untilMs, wake: () => end(resolve) };
      const abort = () => end(() => reject(signal?.reason));
      signal?.addEventListener("abort", abort, { once: true });
      this.#sleepers.add(sleeper);
      if (!this.#isTicking) this.#tick();
    });

  /** Lets the clock see what goes through a fetch. */
  watch(fetch: PlatformFetch): PlatformFetch {
    return async (input, init) => {
      const url = new URL(input);
      const head = () => fetch(input, init);
      const response = await this.#during(url, undefined, head);
      if (response.body === null) return response;
      const reader = response.body.getReader();
      let received = 0;
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull: async (controller) => {
          const read = () => reader.read();
          const { done, value } = await this.#during(url, received, read);
          if (done) return controller.close();
          received += value.byteLength;
          controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      }, { highWaterMark: 0 });
      const { status, statusText, headers } = response;
      return new Response(body, { status, statusText, headers });
    };
  }

  async #during<T>(
    url: URL,
    receivedBytes: number | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const pending = { isStuck: () => this.isStuck(url, receivedBytes) };
    this.#pending.add(pending);
    try {
      return await work();
    } finally {
      this.#pending.delete(pending);
    }
  }

  #tick(): void {
    this.#isTicking = true;
    setTimeout(() => {
      this.#isTicking = false;
      const isBusy = [...this.#pending].some((each) => !each.isStuck());
      if (!isBusy) this.#jump();
      if (this.#sleepers.size > 0) this.#tick();
    });
  }

  #jump(): void {
    const [first] = [...this.#sleepers].sort((a, b) => a.untilMs - b.untilMs);
    if (first === undefined) return;
    this.#nowMs = Math.max(this.#nowMs, first.untilMs);
    first.wake();
  }
}
