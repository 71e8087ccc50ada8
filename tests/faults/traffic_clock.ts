/**
 * Time that passes only while nobody is at work.
 *
 * @module
 */

import { plainStatusText } from "../../src/http/rebuild_response.ts";
import type {
  Clock,
  Files,
  FileSink,
  PlatformFetch,
} from "../../src/platform/types.ts";

/** Says whether a request will bring nothing more for now, given how many bytes of its body have arrived; `undefined` before the head. */
export type IsStuck = (url: URL, receivedBytes: number | undefined) => boolean;

interface Pending {
  readonly isStuck: () => boolean;
}

const newWork = (): Pending => ({ isStuck: () => false });

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * A clock for a real network and a real disk: it stands still as long as a
 * request is under way that will be answered, or a file is being read or
 * written, and jumps to the next moment that somebody waits for as soon as
 * nothing is.
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
      const { status, headers } = response;
      const statusText = plainStatusText(response);
      return new Response(body, { status, statusText, headers });
    };
  }

  /**
   * Lets the clock see what goes to and from a disk: while a client writes what
   * it has received, nobody waits for the network.
   */
  watchFiles(files: Files): Files {
    const watched =
      <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> => this.#while(newWork(), () => work(...args));
    const sinkOf =
      (open: (path: string) => Promise<FileSink>) =>
      async (path: string): Promise<FileSink> => {
        const { write, sync, close } = await watched(open)(path);
        return {
          write: watched(write),
          sync: watched(sync),
          close: watched(close),
        };
      };
    const readChunks: Files["readChunks"] = async function* (path, options) {
      const chunks = files.readChunks(path, options)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await watched(() => chunks.next())();
          if (done) return;
          yield value;
        }
      } finally {
        await chunks.return?.();
      }
    };
    const special = {
      readChunks,
      create: sinkOf((path) => files.create(path)),
      append: sinkOf((path) => files.append(path)),
    };
    // Whatever else there is gives a promise.
    return new Proxy(files, {
      get: (target, name: keyof Files) =>
        name in special
          ? special[name as keyof typeof special]
          : watched(target[name] as (...args: unknown[]) => Promise<unknown>),
    });
  }

  #during<T>(
    url: URL,
    receivedBytes: number | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.#while(
      { isStuck: () => this.isStuck(url, receivedBytes) },
      work,
    );
  }

  async #while<T>(pending: Pending, work: () => Promise<T>): Promise<T> {
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
