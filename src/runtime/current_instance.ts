/**
 * The instance that an extension has at the moment, and what those before it
 * left behind.
 *
 * @module
 */

import type { Instance, InstanceUsage } from "./instance.ts";

/** What an instance says of itself. */
export type SelfDescription = Pick<Instance, "info" | "schema">;

/** The instance of the moment, if there is one. */
export class CurrentInstance {
  #instance: Instance | undefined;
  /** The last one that started: what it said of itself stays known while there is none. */
  #last: SelfDescription;
  /** What those before it have used. */
  readonly #past = { timeMs: 0, fuel: 0 };
  /** Those that are on their way out: they may still hold their files. */
  readonly #leaving = new Set<Promise<void>>();

  /** Takes over an instance that has started. */
  constructor(instance: Instance) {
    this.#instance = instance;
    this.#last = instance;
  }

  /** The instance, unless the last one was let go. */
  get value(): Instance | undefined {
    return this.#instance;
  }

  /** What the last one said of itself. */
  get description(): SelfDescription {
    return this.#last;
  }

  /** What all of them have used; of memory, what this one has. */
  get usage(): InstanceUsage {
    const usage = this.#instance?.usage();
    return {
      timeMs: this.#past.timeMs + (usage?.timeMs ?? 0),
      fuel: this.#past.fuel + (usage?.fuel ?? 0),
      memoryBytes: usage?.memoryBytes ?? 0,
    };
  }

  /** Puts one in, where none is. */
  put(instance: Instance): void {
    this.#instance = instance;
    this.#last = instance;
  }

  /** Lets go of the one that is there, if there is one; does not wait until it is gone. */
  discard(): void {
    const instance = this.#instance;
    if (instance === undefined) return;
    this.#instance = undefined;
    const { timeMs, fuel } = instance.usage();
    this.#past.timeMs += timeMs;
    this.#past.fuel += fuel;
    const closing = instance.close();
    if (!(closing instanceof Promise)) return;
    this.#leaving.add(closing);
    void closing.finally(() => this.#leaving.delete(closing));
  }

  /** Waits for those that were let go: nothing of them touches a file afterwards. */
  async gone(): Promise<void> {
    await Promise.all(this.#leaving);
  }
}
