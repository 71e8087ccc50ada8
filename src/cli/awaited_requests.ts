/**
 * Requests that have not been answered yet.
 *
 * @module
 */

import type { PlatformFetch } from "../platform/types.ts";
import { shortText } from "./plain_text.ts";

/** Milliseconds before which nobody wonders. */
const MIN_AGE_MS = 1_000;
/** A longer host is cut. */
const MAX_HOST_COLUMNS = 60;

interface AwaitedRequest {
  readonly host: string;
  readonly sentMs: number;
}

/** The requests of a process that wait for an answer. */
export class AwaitedRequests {
  readonly #requests = new Set<AwaitedRequest>();
  readonly #now: () => number;
  readonly #onChange: () => void;

  /** @param onChange Called when one was sent or answered. */
  constructor(now: () => number, onChange: () => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#requests.size === 0;
  }

  /** The same `fetch`, whose requests are seen. */
  watch(fetch: PlatformFetch): PlatformFetch {
    return async (input, init) => {
      const request = { host: new URL(input).host, sentMs: this.#now() };
      this.#requests.add(request);
      this.#onChange();
      try {
        return await fetch(input, init);
      } finally {
        this.#requests.delete(request);
        this.#onChange();
      }
    };
  }

  /** `waiting for ghcr.io, 3 s`, of the one that has waited longest; `undefined` when none has waited long. */
  words(): string | undefined {
    // A set is in the order in which they were sent.
    const [oldest] = this.#requests;
    if (oldest === undefined) return undefined;
    const ageMs = this.#now() - oldest.sentMs;
    if (ageMs < MIN_AGE_MS) return undefined;
    const host = shortText(oldest.host, MAX_HOST_COLUMNS);
    return `waiting for ${host}, ${Math.floor(ageMs / 1000)} s`;
  }
}
