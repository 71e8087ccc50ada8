/**
 * What watches over the operations of one instance: fuel, time, and which of
 * the ways to fail it was.
 *
 * @module
 */

import { ForgeError, type ForgeErrorCode, isStackOverflow } from "../errors.ts";
import type { Clock } from "../platform/types.ts";
import { DENIED_EXPORT, FUEL_EXPORT } from "../wasm/mod.ts";
import { AbiFault } from "./abi/mod.ts";
import { fullTank, type NamedLimits, nameOfLimit } from "./limits.ts";
import { ProcessExit } from "./wasi.ts";

/** What a {@linkcode Guard} is made of. */
export interface GuardOptions {
  /** Name of the extension. */
  readonly name: string;
  /** What one operation may use. */
  readonly limits: Pick<NamedLimits, "fuel" | "timeoutMs" | "names">;
  /** Time. */
  readonly clock: Pick<Clock, "now">;
  /** Does each piece of work, if given. */
  readonly whileBusy?: WhileBusy | undefined;
}

/** Does a piece of work, and gives what it gives. */
export type WhileBusy = <T>(work: () => T) => T;

/** What the operations have used so far. */
export interface GuardUsage {
  /** Fuel. */
  readonly fuel: number;
  /** Time in milliseconds. */
  readonly timeMs: number;
}

/** A function that a module imports. */
type HostFunction = (...values: never[]) => unknown;

/** Watches over the operations of one instance. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #fullTank: bigint;
  readonly #fuels: WebAssembly.Global[] = [];
  readonly #denials: WebAssembly.Global[] = [];
  #deadline = Infinity;
  /** The first failure on the host's side: guests can catch exceptions, and must not get away. */
  #failure: { readonly cause: unknown } | undefined;
  /** Fuel that was left when it happened. */
  #fuelAtFailure = 0;
  #fuelUsed = 0;
  #timeMs = 0;
  readonly #pause = new Int32Array(new SharedArrayBuffer(4));

  /** Starts with nothing used. */
  constructor(options: GuardOptions) {
    this.#options = options;
    this.#fullTank = fullTank(options.limits);
  }

  /** What the operations have used so far. */
  get usage(): GuardUsage {
    return { fuel: this.#fuelUsed, timeMs: this.#timeMs };
  }

  /**
   * Lets the guest wait, if there is time for it.
   *
   * @throws {ForgeError} `EXTENSION_TIMEOUT` at once when there is not.
   */
  readonly sleep = (milliseconds: number): void => {
    if (this.#options.clock.now() + milliseconds > this.#deadline) {
      throw this.#timeout();
    }
    Atomics.wait(this.#pause, 0, 0, milliseconds);
  };

  /**
   * Gives it what a metered module counts with, which is not there while that
   * is made. Of several modules each has a tank of its own.
   */
  attach(exports: WebAssembly.Exports): void {
    this.#fuels.push(exports[FUEL_EXPORT] as WebAssembly.Global);
    this.#denials.push(exports[DENIED_EXPORT] as WebAssembly.Global);
  }

  /**
   * Does a piece of work that runs the guest.
   *
   * @param operation What it is, for errors.
   * @throws {ForgeError} When the guest breaks. Other errors are the host's.
   */
  run<T>(operation: string, work: () => T): T {
    const { clock, limits, whileBusy } = this.#options;
    const start = clock.now();
    this.#deadline = start + limits.timeoutMs;
    this.#failure = undefined;
    for (const fuel of this.#fuels) fuel.value = this.#fullTank;
    for (const denied of this.#denials) denied.value = 0;
    try {
      const result = whileBusy === undefined ? work() : whileBusy(work);
      this.#checkFailure();
      this.#checkTime();
      return result;
    } catch (cause) {
      throw this.#explain(operation, cause);
    } finally {
      this.#timeMs += clock.now() - start;
      this.#count();
    }
  }

  #count(): void {
    const left = this.#failure === undefined
      ? this.#fuelLeft()
      : this.#fuelAtFailure;
    this.#fuelUsed += Number(this.#fullTank) * this.#fuels.length - left;
  }

  #fuelLeft(): number {
    return this.#fuels.reduce(
      (sum, fuel) => sum + Math.max(0, Number(fuel.value)),
      0,
    );
  }

  /**
   * Wraps a function of the host: it is not called after the time is over, and
   * when it fails the guest cannot go on.
   */
  watch<F extends HostFunction>(target: F): F {
    const watched = (...values: never[]): unknown => {
      try {
        this.#checkFailure();
        this.#checkTime();
        return target(...values);
      } catch (cause) {
        this.#fail(cause);
        throw cause;
      }
    };
    return watched as F;
  }

  /** Whatever the guest does with the exception, it runs out of fuel at once. */
  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { cause };
    this.#fuelAtFailure = this.#fuelLeft();
    for (const fuel of this.#fuels) fuel.value = -1n;
  }

  #checkFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  #checkTime(): void {
    if (this.#options.clock.now() > this.#deadline) throw this.#timeout();
  }

  #timeout(): ForgeError {
    const { limits, name } = this.#options;
    return new ForgeError(
      "EXTENSION_TIMEOUT",
      `Cannot wait for ${name}: it took longer than ${limits.timeoutMs} ms`,
      {
        hint: `Raise ${
          nameOfLimit(limits, "timeoutMs")
        }, or ask it for less at once`,
      },
    );
  }

  #explain(operation: string, thrown: unknown): unknown {
    // What came of a failure, such as running out of fuel, is not what to tell.
    const cause = this.#failure === undefined ? thrown : this.#failure.cause;
    const what = `Cannot finish ${operation} of ${this.#options.name}`;
    if (cause instanceof AbiFault) return brokenAbi(what, cause);
    if (cause instanceof ProcessExit) {
      return broken(
        "WASM_TRAP",
        `${what}: it ended with exit status ${cause.code}`,
        {
          hint: "Read what the extension printed",
          cause,
        },
      );
    }
    if (isStackOverflow(cause)) {
      return broken(
        "EXTENSION_OUT_OF_STACK",
        `${what}: it calls itself too deeply`,
        {
          cause,
        },
      );
    }
    return isOfGuest(cause) ? this.#explainTrap(what, cause) : cause;
  }

  #explainTrap(what: string, cause: unknown): ForgeError {
    const { limits } = this.#options;
    if (this.#fuels.some(({ value }) => Number(value) < 0)) {
      return broken(
        "EXTENSION_OUT_OF_FUEL",
        `${what}: it burnt all of its ${limits.fuel} units of fuel`,
        {
          hint: `Raise ${
            nameOfLimit(limits, "fuel")
          } if the work is worth it; otherwise it loops`,
          cause,
        },
      );
    }
    if (this.#denials.some(({ value }) => value === 1)) {
      return broken(
        "EXTENSION_OUT_OF_MEMORY",
        `${what}: it needs more memory than it may have`,
        {
          hint: `Raise ${
            nameOfLimit(limits, "memoryBytes")
          }, or ask it for less at once`,
          cause,
        },
      );
    }
    const reason = cause instanceof Error ? cause.message : "an exception";
    return broken("WASM_TRAP", `${what}: ${reason}`, { cause });
  }
}

function broken(
  code: ForgeErrorCode,
  message: string,
  { hint = "This is a fault in the extension: tell its author", cause }: {
    readonly hint?: string;
    readonly cause: unknown;
  },
): ForgeError {
  return new ForgeError(code, message, { hint, cause });
}

function brokenAbi(what: string, fault: AbiFault): ForgeError {
  const where = fault.path === "" ? "" : ` in ${fault.path}`;
  return broken("EXTENSION_ABI", `${what}: ${fault.reason}${where}`, {
    hint: "This is a fault in the extension or its bindings: tell its author",
    cause: fault,
  });
}

/** Traps, and exceptions that the guest threw itself. */
function isOfGuest(cause: unknown): boolean {
  if (cause instanceof WebAssembly.RuntimeError) return true;
  // Not in the type declarations of every TypeScript.
  const exception: unknown = Reflect.get(WebAssembly, "Exception");
  return typeof exception === "function" && cause instanceof exception;
}
