/**
 * How much may happen at the same time.
 *
 * @module
 */

import type { Fetch } from "./fetch.ts";
import { rebuildResponse } from "./rebuild_response.ts";

/** Options of {@linkcode Limiter.acquire}. */
export interface AcquireOptions {
  /** Ends the waiting; the promise rejects with its reason. */
  readonly signal?: AbortSignal | null | undefined;
}

/** A number of slots. */
export interface Limiter {
  /** Waits for a slot; call what it gives to free it, once or more often. */
  readonly acquire: (options?: AcquireOptions) => Promise<() => void>;
}

/**
 * Makes a limiter; whoever comes first is served first.
 *
 * @param slots How many may hold a slot at the same time.
 * @throws {RangeError} When that is not a whole number above 0.
 */
export function createLimiter(slots: number): Limiter {
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new RangeError(
      `Cannot let ${slots} requests go at a time: give a whole number above 0`,
    );
  }
  const queue: (() => void)[] = [];
  let free = slots;
  const releaseOnce = (): () => void => {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = queue.shift();
      if (next === undefined) free++;
      else next();
    };
  };
  return {
    async acquire({ signal } = {}) {
      signal?.throwIfAborted();
      if (free > 0) free--;
      else await waitInLine(queue, signal);
      return releaseOnce();
    },
  };
}

/** Options of {@linkcode withConcurrency}. */
export interface WithConcurrencyOptions {
  /** Requests at the same time to all hosts together. */
  readonly overall: number;
  /** Requests at the same time to one host. */
  readonly perHost: number;
}

/**
 * Limits how many requests are under way. A request is under way until its
 * body has been read or cancelled, so whoever holds an unread body must not
 * wait for another request. Requests for tokens are the exception: whoever
 * was refused waits for one, and needs no slot for it.
 *
 * @param fetch What to send requests with.
 * @param options The limits.
 *
 * @example
 * ```ts
 * import { withConcurrency } from "@forgepoint/forge/oci";
 *
 * const gentle = withConcurrency((input, init) => fetch(input, init), {
 *   overall: 16,
 *   perHost: 4,
 * });
 * typeof gentle; // "function"
 * ```
 */
export function withConcurrency(
  fetch: Fetch,
  options: WithConcurrencyOptions,
): Fetch {
  const overall = createLimiter(options.overall);
  // Made for every host later; a wrong number is told of now.
  createLimiter(options.perHost);
  const hosts = new Map<string, Limiter>();
  return async (input, init = {}) => {
    if (init.purpose === "realm") return await fetch(input, init);
    const { host } = new URL(input);
    const { signal } = init;
    const perHost = hosts.get(host) ?? createLimiter(options.perHost);
    hosts.set(host, perHost);
    // The narrower one first: who waits for a host keeps nobody else waiting.
    const releaseHost = await perHost.acquire({ signal });
    let releaseOverall: (() => void) | undefined;
    const release = (): void => {
      releaseOverall?.();
      releaseHost();
    };
    try {
      releaseOverall = await overall.acquire({ signal });
      return releaseAtEnd(await fetch(input, init), release);
    } catch (error) {
      release();
      throw error;
    }
  };
}

function waitInLine(
  queue: (() => void)[],
  signal: AbortSignal | null | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const serve = (): void => {
      signal?.removeEventListener("abort", leave);
      resolve();
    };
    const leave = (): void => {
      queue.splice(queue.indexOf(serve), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", leave, { once: true });
    queue.push(serve);
  });
}

function releaseAtEnd(response: Response, release: () => void): Response {
  if (response.body === null) {
    release();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        release();
        controller.close();
      } catch (error) {
        release();
        controller.error(error);
      }
    },
    cancel(reason) {
      release();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return rebuildResponse(response, body);
}
