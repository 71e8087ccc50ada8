/**
 * What hosts have asked of this program, shared by all requests to them.
 *
 * @module
 */

/** Hosts that asked to be left alone, and until when. */
export class HostThrottle {
  readonly #notBeforeMs = new Map<string, number>();

  /** Notes that a host wants quiet until a moment, in milliseconds since the epoch. */
  defer(host: string, untilMs: number): void {
    const known = this.#notBeforeMs.get(host) ?? 0;
    if (untilMs > known) this.#notBeforeMs.set(host, untilMs);
  }

  /** Milliseconds to wait before the next request to a host. */
  waitMs(host: string, nowMs: number): number {
    const until = this.#notBeforeMs.get(host);
    if (until === undefined) return 0;
    if (until > nowMs) return until - nowMs;
    this.#notBeforeMs.delete(host);
    return 0;
  }
}
