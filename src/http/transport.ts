/**
 * The decorators put together as a client of registries needs them.
 *
 * @module
 */

import type { Fetch } from "./fetch.ts";
import { withConcurrency, type WithConcurrencyOptions } from "./limiter.ts";
import { withRedirects } from "./redirects.ts";
import { withRetry, type WithRetryOptions } from "./retry.ts";
import { withSentBytes } from "./sent_bytes.ts";
import { withTimeout, type WithTimeoutOptions } from "./timeout.ts";

/** Options of {@linkcode withTransport}. */
export interface WithTransportOptions
  extends WithRetryOptions, WithTimeoutOptions {
  /** What this program calls itself; `forge` unless told otherwise. */
  readonly userAgent?: string | undefined;
  /** Limits how many requests are under way; no limit unless told otherwise. */
  readonly concurrency?: WithConcurrencyOptions | undefined;
}

/**
 * Puts redirects, timeouts and retries around a fetch, in that order, and the
 * header fields on every request that every request should have: who asks, and
 * that bodies are wanted as they are (a digest is one of encoded bytes).
 *
 * @param fetch The way to the network, with an allowlist around it or not.
 * @param options Time, chance and limits.
 *
 * @example
 * ```ts
 * import { withTransport } from "@forgepoint/forge/oci";
 *
 * const clock = {
 *   now: () => Date.now(),
 *   random: () => Math.random(),
 *   sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
 * };
 * const robust = withTransport((input, init) => fetch(input, init), {
 *   clock,
 *   concurrency: { overall: 16, perHost: 4 },
 * });
 * typeof robust; // "function"
 * ```
 */
export function withTransport(
  fetch: Fetch,
  options: WithTransportOptions,
): Fetch {
  const { concurrency } = options;
  const attempt = withTimeout(withRedirects(withSentBytes(fetch)), options);
  const send = withRetry(
    // Outside of the timeout: waiting for a slot is not the server's fault.
    concurrency === undefined ? attempt : withConcurrency(attempt, concurrency),
    options,
  );
  const userAgent = options.userAgent ?? "forge";
  return (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("accept-encoding", "identity");
    headers.set("user-agent", userAgent);
    return send(input, { ...init, headers });
  };
}
