/**
 * The fetch that does not wait for ever.
 *
 * @module
 */

import type { Clock } from "../platform/types.ts";
import type { Fetch, FetchInit } from "./fetch.ts";
import { NetworkError, networkErrorFrom } from "./network_error.ts";
import { readerOf } from "./body_reader.ts";
import { rebuildResponse } from "./rebuild_response.ts";
import { StallWatch } from "./stall_watch.ts";

/** What the original server allows one attempt (forge-formats: 60 s). */
const DEFAULT_TIMEOUT_MS = 60_000;
/** A transfer that stands still for this long will hardly move again. */
const DEFAULT_IDLE_TIMEOUT_MS = 30_000;
/** Less than this in one idle period is a drip, not a transfer. */
const PROGRESS_BYTES = 1024;
/** Bytes in a second that a body is sent with on slow lines; its time grows with it. */
const SLOW_BYTES_PER_SECOND = 32 * 1024;
/** Nothing that cannot be watched is waited for longer than this. */
const MAX_SENDING_MS = 10 * 60_000;
/** What is on its way may lie in a socket's memory (Linux, `tcp_wmem`). */
const MAX_SOCKET_BYTES = 4 * 1024 * 1024;

/** Options of {@linkcode withTimeout}. */
export interface WithTimeoutOptions {
  /** Time. */
  readonly clock: Clock;
  /**
   * Milliseconds until the headers must be there; 60 s unless told otherwise.
   * A large body that is sent has more.
   */
  readonly timeoutMs?: number;
  /** Milliseconds that a body may stand still; 30 s unless told otherwise. */
  readonly idleTimeoutMs?: number;
}

/**
 * Ends attempts that take too long, and bodies that stop moving.
 *
 * What fails below HTTP, then or while the body is read, becomes a
 * {@linkcode NetworkError}; an abort rejects with its own reason.
 *
 * @param fetch What to send requests with.
 * @param options Time and limits; `timeoutMs` of a request goes before them.
 *
 * @example
 * ```ts
 * import { withTimeout } from "@forgepoint/forge/oci";
 *
 * const clock = {
 *   now: () => Date.now(),
 *   random: () => Math.random(),
 *   sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
 * };
 * const patient = withTimeout((input, init) => fetch(input, init), {
 *   clock,
 *   timeoutMs: 5_000,
 * });
 * typeof patient; // "function"
 * ```
 */
export function withTimeout(fetch: Fetch, options: WithTimeoutOptions): Fetch {
  return async (input, init = {}) => {
    init.signal?.throwIfAborted();
    const attempt = new Attempt(new URL(input), init, options);
    return attempt.guard(await attempt.send(fetch, init));
  };
}

/** One request from its sending to the end of its body. */
class Attempt {
  /** The host that is spoken to: after redirects another one. */
  #url: URL;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #idleMs: number;
  readonly #reusesPieces: boolean;
  readonly #outer: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #forward = (): void => this.#controller.abort(this.#outer?.reason);

  constructor(url: URL, init: FetchInit, options: WithTimeoutOptions) {
    this.#url = url;
    this.#clock = options.clock;
    this.#timeoutMs = init.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#idleMs = init.timeoutMs ?? options.idleTimeoutMs ??
      DEFAULT_IDLE_TIMEOUT_MS;
    this.#reusesPieces = init.reusesPieces ?? false;
    this.#outer = init.signal ?? undefined;
    this.#outer?.addEventListener("abort", this.#forward, { once: true });
  }

  /** Sends the request and waits for its headers. */
  async send(fetch: Fetch, init: FetchInit): Promise<Response> {
    const unseenBytes = init.onSent === undefined ? Infinity : MAX_SOCKET_BYTES;
    const sendingMs = sendingTime(init.body, unseenBytes);
    const watch = this.#watch("timeout", this.#timeoutMs + sendingMs);
    watch.begin();
    const { signal } = this.#controller;
    const onSent = init.onSent && countingIn(watch, init.onSent);
    let abandon: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      abandon = () => reject(signal.reason);
      signal.addEventListener("abort", abandon, { once: true });
    });
    try {
      return await Promise.race([
        fetch(this.#url, { ...init, signal, onSent }),
        aborted,
      ]);
    } catch (error) {
      this.#release();
      throw this.#explain(error);
    } finally {
      watch.stop();
      if (abandon !== undefined) signal.removeEventListener("abort", abandon);
    }
  }

  /** Puts a guard over the body, where there is one. */
  guard(response: Response): Response {
    if (response.body === null) {
      this.#release();
      return response;
    }
    if (response.url !== "") this.#url = new URL(response.url);
    const reader = readerOf(response, response.body, {
      reuse: this.#reusesPieces,
    });
    const watch = this.#watch("idle", this.#idleMs);
    const promised = promisedBytes(response);
    let received = 0;
    const end = (): void => {
      watch.stop();
      this.#release();
    };
    const { signal } = this.#controller;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) =>
        signal.addEventListener("abort", () => {
          end();
          controller.error(signal.reason);
          reader.cancel(signal.reason).catch(() => {}); // It is over anyway.
        }, { once: true }),
      pull: async (controller) => {
        watch.begin();
        try {
          const piece = await reader.read();
          watch.end(piece?.byteLength ?? 0);
          if (signal.aborted) return;
          if (piece !== undefined) {
            received += piece.byteLength;
            return controller.enqueue(piece);
          }
          if (received < promised) throw this.#cutShort(received, promised);
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(this.#explain(error));
        }
      },
      cancel: (reason) => {
        end();
        return reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
    return rebuildResponse(response, body);
  }

  #watch(reason: "timeout" | "idle", limitMs: number): StallWatch {
    const onStall = (): void =>
      this.#controller.abort(new NetworkError(this.#url, { reason }));
    const progressBytes = PROGRESS_BYTES;
    return new StallWatch({
      clock: this.#clock,
      limitMs,
      progressBytes,
      onStall,
    });
  }

  /** Over HTTP/2 Deno takes a stream that is given up for one that has ended. */
  #cutShort(received: number, promised: number): NetworkError {
    return new NetworkError(this.#url, {
      reason: "reset",
      detail: `the transfer ended after ${received} of ${promised} bytes`,
    });
  }

  #explain(error: unknown): unknown {
    const { signal } = this.#controller;
    return signal.aborted ? signal.reason : networkErrorFrom(this.#url, error);
  }

  #release(): void {
    this.#outer?.removeEventListener("abort", this.#forward);
  }
}

/** How long a body is said to be; 0 when nobody says, or what is read is not what is sent. */
function promisedBytes({ headers }: Response): number {
  if (headers.has("content-encoding")) return 0;
  const length = Number(headers.get("content-length"));
  return Number.isSafeInteger(length) ? length : 0;
}

/** Milliseconds that a body needs on a slow line, if nobody sees it move. */
function sendingTime(body: FetchInit["body"], unseenBytes: number): number {
  if (!(body instanceof Uint8Array)) return 0;
  const bytes = Math.min(body.byteLength, unseenBytes);
  const needed = bytes / SLOW_BYTES_PER_SECOND * 1000;
  return Math.min(Math.floor(needed), MAX_SENDING_MS);
}

/** Takes what is on its way for progress, and passes it on. */
function countingIn(
  watch: StallWatch,
  onSent: (sentBytes: number) => void,
): (sentBytes: number) => void {
  let before = 0;
  return (sentBytes) => {
    watch.end(Math.max(0, sentBytes - before));
    before = sentBytes;
    watch.begin();
    onSent(sentBytes);
  };
}
