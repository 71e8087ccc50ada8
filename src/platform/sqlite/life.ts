/**
 * The end of a SQLite in WASM that was torn off in the middle of its work: it
 * ran out of fuel, or out of stack. Its memory is in no state to go on from, not
 * even to close anything.
 *
 * @module
 */

import { isStackOverflow } from "../../errors.ts";
import { tooLong } from "./call_budget.ts";

/** Whether a SQLite can still be called. */
export class Life {
  #isOver = false;
  readonly #onEnd: () => void;

  /** @param onEnd Called once, when it is torn off. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Whether it was torn off. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Calls SQLite.
   *
   * @throws {ForgeError} `SQL_LIMIT` when that is torn off, or was before.
   * @throws {RangeError} When there was no stack left for it.
   */
  call<T>(work: () => T): T {
    if (this.#isOver) throw torn();
    try {
      return work();
    } catch (cause) {
      const isTrap = cause instanceof WebAssembly.RuntimeError;
      if (isTrap || isStackOverflow(cause)) this.#end();
      throw isTrap ? torn() : cause;
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
  }
}

function torn(): Error {
  return tooLong("a single step of it takes too long");
}
