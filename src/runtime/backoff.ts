/**
 * How long an extension that keeps failing is left alone.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/** Failures in a row that cost nothing: one bad request is no reason to refuse the next. */
const FREE_FAILURES = 2;
/** What the first failure after those costs; each further one twice as much. */
const FIRST_BACKOFF_MS = 100;
/** What a failure costs at most. */
const MAX_BACKOFF_MS = 30_000;

/** Counts failures in a row. */
export class Backoff {
  #failures = 0;
  #notBefore = -Infinity;

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  /** Takes note of a success. */
  succeed(): void {
    this.#failures = 0;
    this.#notBefore = -Infinity;
  }

  /**
   * Takes note of a failure.
   *
   * @param now Milliseconds.
   * @returns How long from now on nothing should be tried, in milliseconds.
   */
  fail(now: number): number {
    this.#failures += 1;
    const doublings = this.#failures - FREE_FAILURES - 1;
    const wait = doublings < 0
      ? 0
      : Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** doublings);
    this.#notBefore = now + wait;
    return wait;
  }

  /**
   * Refuses to try too early.
   *
   * @throws {ForgeError} `EXTENSION_UNAVAILABLE`.
   */
  check(name: string, now: number): void {
    const left = Math.ceil(this.#notBefore - now);
    if (!(left > 0)) return;
    throw new ForgeError(
      "EXTENSION_UNAVAILABLE",
      `Cannot call ${name}: it failed ${this.#failures} times in a row`,
      { hint: `It may be called again in ${left} ms` },
    );
  }
}
