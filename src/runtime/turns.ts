/**
 * One thing after the other.
 *
 * @module
 */

/** Options of {@linkcode Turns.take}. */
export interface TurnOptions {
  /** Gives up waiting; what has begun runs to its end. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly begin: () => void;
}

/**
 * Does pieces of work in the order in which they come, one at a time. One that
 * comes when there is no other is begun at once, before `take` returns.
 */
export class Turns {
  #busy = false;
  readonly #waiting: Waiting[] = [];

  /** Pieces that run or wait. */
  get length(): number {
    return this.#waiting.length + (this.#busy ? 1 : 0);
  }

  /**
   * Does a piece of work when it is its turn.
   *
   * @returns What it gives; rejects as it throws, or with the reason of the
   * signal when that comes before it has begun.
   */
  take<T>(
    work: () => T | Promise<T>,
    { signal }: TurnOptions = {},
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!this.#busy) return this.#begin(work);
    const { promise, resolve, reject } = withResolvers<T>();
    const waiting: Waiting = {
      begin: () => {
        signal?.removeEventListener("abort", giveUp);
        resolve(this.#begin(work));
      },
    };
    const giveUp = () => {
      const index = this.#waiting.indexOf(waiting);
      if (index >= 0) this.#waiting.splice(index, 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.push(waiting);
    return promise;
  }

  #begin<T>(work: () => T | Promise<T>): Promise<T> {
    this.#busy = true;
    let result: T | Promise<T>;
    try {
      result = work();
    } catch (error) {
      this.#end();
      return Promise.reject(error);
    }
    if (!(result instanceof Promise)) {
      this.#end();
      return Promise.resolve(result);
    }
    return result.finally(() => this.#end());
  }

  #end(): void {
    const next = this.#waiting.shift();
    this.#busy = next !== undefined;
    // Not on the stack of the one before: a thousand that wait would be a thousand deep.
    if (next !== undefined) queueMicrotask(next.begin);
  }
}

function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | Promise<T>) => void;
  readonly reject: (reason: unknown) => void;
} {
  let resolve: (value: T | Promise<T>) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  return { promise, resolve, reject };
}
