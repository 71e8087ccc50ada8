/**
 * The fetch that tries again when that may help.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Clock } from "../platform/types.ts";
import { unpackBody } from "./content_encoding.ts";
import type { Fetch, FetchInit } from "./fetch.ts";
import { HostThrottle } from "./host_throttle.ts";
import { NetworkError } from "./network_error.ts";
import { discardBody, MAX_ERROR_BYTES, readBounded } from "./read_bounded.ts";
import { rebuildResponse } from "./rebuild_response.ts";
import { findRetryAfter, parseRetryAfter } from "./retry_after.ts";

/** Tries in all, as the original server does (forge-formats: 3 attempts). */
const DEFAULT_ATTEMPTS = 3;
/** Tries in all while the server itself says how long to wait. */
const MAX_DIRECTED_ATTEMPTS = 10;
/** Ceiling of the first wait; each later one doubles (forge-formats: 1 s, 2 s). */
const DEFAULT_BACKOFF_MS = 1000;
/** Waiting longer than this in all is no longer starting a program. */
const DEFAULT_BUDGET_MS = 60_000;

const RETRYABLE_STATUS: ReadonlySet<number> = new Set([
  408,
  429,
  499,
  500,
  502,
  503,
  504,
  522,
]);
/** Says that it is too much altogether, not that one request failed. */
const OVERLOADED_STATUS: ReadonlySet<number> = new Set([429, 503]);
const REPLAYABLE_METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
]);

/** A failed attempt that will be repeated. */
export interface RetryEvent {
  /** Tells it from other events. */
  readonly type: "retry";
  /** The host that was asked. */
  readonly host: string;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Milliseconds until the next one. */
  readonly waitMs: number;
  /** Why it failed, in a few words. */
  readonly reason: string;
}

/** Options of {@linkcode withRetry}. */
export interface WithRetryOptions {
  /** Time and chance. */
  readonly clock: Clock;
  /** Tries in all; 3 unless told otherwise. */
  readonly attempts?: number;
  /** Ceiling of the first wait in milliseconds; it doubles; 1 s unless told otherwise. */
  readonly backoffMs?: number;
  /** Milliseconds that one request may wait in all; 60 s unless told otherwise. */
  readonly budgetMs?: number;
  /** Hears of every repetition. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/**
 * Repeats requests that failed for a reason that may pass: 408, 429, 499, 500,
 * 502, 503, 504, 522, a reset, an early end, a timeout.
 *
 * Waits grow exponentially with full jitter. A wait that the server names goes
 * before that. What a host that has too much to do (429, 503) is granted holds
 * for every other request to it too. When the budget does not reach, the
 * failure is given on at once.
 *
 * @param fetch What to send attempts with.
 * @param options Time, chance and limits.
 *
 * @example
 * ```ts
 * import { withRetry } from "@forgepoint/forge/oci";
 *
 * const clock = {
 *   now: () => Date.now(),
 *   random: () => Math.random(),
 *   sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
 * };
 * const steady = withRetry((input, init) => fetch(input, init), {
 *   clock,
 *   onRetry: ({ host, waitMs }) => console.log(`${host} again in ${waitMs} ms`),
 * });
 * typeof steady; // "function"
 * ```
 */
export function withRetry(fetch: Fetch, options: WithRetryOptions): Fetch {
  const throttle = new HostThrottle();
  return async (input, init = {}) => {
    const url = new URL(input);
    const run = new Run(url, init, options, throttle);
    for (;;) {
      await run.waitForHost();
      const outcome = await run.attempt(fetch);
      if (outcome !== undefined) return outcome;
    }
  };
}

/** One request and its repetitions. */
class Run {
  readonly #url: URL;
  readonly #init: FetchInit;
  readonly #options: WithRetryOptions;
  readonly #throttle: HostThrottle;
  #attempt = 0;
  #budgetMs: number;

  constructor(
    url: URL,
    init: FetchInit,
    options: WithRetryOptions,
    throttle: HostThrottle,
  ) {
    this.#url = url;
    this.#init = init;
    this.#options = options;
    this.#throttle = throttle;
    this.#budgetMs = init.retryBudgetMs ?? options.budgetMs ??
      DEFAULT_BUDGET_MS;
  }

  /** Waits until the host takes requests again. */
  async waitForHost(): Promise<void> {
    const { clock } = this.#options;
    const waitMs = this.#throttle.waitMs(this.#url.host, clock.now());
    if (waitMs === 0) return;
    if (waitMs > this.#budgetMs) {
      throw rateLimited(this.#url, clock.now() + waitMs);
    }
    this.#budgetMs -= waitMs;
    await clock.sleep(waitMs, { signal: this.#init.signal ?? undefined });
  }

  /** Sends once; `undefined` means: again. */
  async attempt(fetch: Fetch): Promise<Response | undefined> {
    this.#attempt++;
    let response: Response;
    try {
      response = await this.#send(fetch);
    } catch (error) {
      const isPassing = error instanceof NetworkError && error.retryable;
      if (!isPassing || !this.#mayRepeat(0)) throw error;
      const pauseMs = this.#drawPause();
      if (pauseMs === undefined) throw error;
      await this.#pause(pauseMs, error.message);
      return undefined;
    }
    if (!RETRYABLE_STATUS.has(response.status)) return response;
    return await this.#considerStatus(response);
  }

  async #send(fetch: Fetch): Promise<Response> {
    const response = await fetch(this.#url, this.#init);
    const { bufferBytes } = this.#init;
    if (bufferBytes === undefined || response.body === null) return response;
    const bytes = await readBounded(response, bufferBytes, {
      truncate: !response.ok,
    });
    return this.#init.purpose === "blob"
      ? rebuildResponse(response, bytes)
      : await unpackBody(response, bytes, bufferBytes);
  }

  async #considerStatus(received: Response): Promise<Response | undefined> {
    const { clock } = this.#options;
    const { status, headers } = received;
    let response = received;
    let waitMs = parseRetryAfter(headers.get("retry-after"), clock.now());
    if (waitMs === undefined && status === 429) {
      const bytes = await readBounded(received, MAX_ERROR_BYTES, {
        truncate: true,
      });
      response = rebuildResponse(received, bytes);
      waitMs = findRetryAfter(new TextDecoder().decode(bytes));
    }
    if (waitMs !== undefined) {
      this.#throttle.defer(this.#url.host, clock.now() + waitMs);
    }
    if (!this.#mayRepeat(status, waitMs)) return response;
    const pauseMs = this.#drawPause(waitMs);
    if (pauseMs === undefined) return response;
    if (OVERLOADED_STATUS.has(status)) {
      this.#throttle.defer(this.#url.host, clock.now() + pauseMs);
    }
    // Whoever waits must not keep a connection, or others from sending.
    discardBody(response);
    await this.#pause(pauseMs, `${status} ${received.statusText}`.trim());
    return undefined;
  }

  #mayRepeat(status: number, waitMs?: number): boolean {
    const { method = "GET", body, replayable } = this.#init;
    if (body instanceof ReadableStream) return false;
    // A request that was turned away at the door has done nothing yet.
    const isSafe = replayable ?? (status === 429 ||
      REPLAYABLE_METHODS.has(method.toUpperCase()));
    const limit = waitMs === undefined || this.#options.attempts !== undefined
      ? this.#options.attempts ?? DEFAULT_ATTEMPTS
      : MAX_DIRECTED_ATTEMPTS;
    return isSafe && this.#attempt < limit;
  }

  /** How long to wait before the next attempt; `undefined` when the budget does not reach. */
  #drawPause(directedMs?: number): number | undefined {
    const chance = this.#options.clock.random();
    const waitMs = directedMs === undefined
      ? chance * this.#ceilingMs()
      // Spread, so that all who were told the same do not come back at once.
      : directedMs + chance * Math.min(this.#ceilingMs(), 1000);
    return (directedMs ?? waitMs) > this.#budgetMs ? undefined : waitMs;
  }

  async #pause(waitMs: number, reason: string): Promise<void> {
    const { clock, onRetry } = this.#options;
    this.#budgetMs = Math.max(0, this.#budgetMs - waitMs);
    const { host } = this.#url;
    onRetry?.({ type: "retry", host, attempt: this.#attempt, waitMs, reason });
    await clock.sleep(waitMs, { signal: this.#init.signal ?? undefined });
  }

  #ceilingMs(): number {
    const base = this.#options.backoffMs ?? DEFAULT_BACKOFF_MS;
    return base * 2 ** (this.#attempt - 1);
  }
}

function rateLimited(url: URL, untilMs: number): ForgeError {
  const until = new Date(untilMs).toISOString();
  return new ForgeError(
    "REGISTRY_RATE_LIMITED",
    `Failed to reach ${url.host}: it takes no requests before ${until}`,
    { hint: `Try again after ${until}` },
  );
}
