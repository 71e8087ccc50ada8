/**
 * Time and chance as the runtime has them; the same on both.
 *
 * @module
 */

import type { Clock } from "./types.ts";

/** The longest time that timers can hold; beyond it they fire at once (HTML, "timers": a signed 32-bit number). */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, options = {}) =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, Math.min(milliseconds, MAX_TIMER_MS));
      signal?.addEventListener("abort", abort, { once: true });
    }),
};
