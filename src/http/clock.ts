/**
 * What this room needs of time and chance.
 *
 * @module
 */

/** Time and chance; the platform's clock is one. */
export interface HttpClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with `signal.reason` on abort. */
  readonly sleep: (
    milliseconds: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<void>;
  /** A number from 0 to 1, 1 excluded. */
  readonly random: () => number;
}
