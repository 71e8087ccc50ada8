/**
 * What one call of an extension may take of SQLite, a migration of many
 * statements as well: instructions of SQLite's machine, time, and, for each of
 * these instructions, work.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import type { EngineLimits } from "./engine.ts";
import type { LoadedSqlite } from "./wasm_library.ts";

/**
 * What code may burn for a millisecond of a call's time. It pays for the
 * longest way through each loop, so this is not what it does: of the functions
 * of SQL that were tried `trim` burnt 8 million in a millisecond, `LIKE` 41.
 */
const FUEL_PER_MS = 10_000_000;
/** Sorting and bringing in the log are one instruction, however little time there is. */
const MIN_FUEL = 10_000_000_000;
/** More than any machine does. */
const MAX_FUEL = 2 ** 60;

type Limits = Pick<EngineLimits, "maxSteps" | "maxCallMs">;

/** Counts what the call that runs has taken. */
export class CallBudget {
  readonly #limits: Limits;
  readonly #fuel: LoadedSqlite["fuel"];
  readonly #fullTank: bigint;
  #steps = 0;
  #deadline = Infinity;

  /** @param fuel What the code burns, where it does. */
  constructor(limits: Limits, fuel?: LoadedSqlite["fuel"]) {
    this.#limits = limits;
    this.#fuel = fuel;
    const wanted = Math.max(MIN_FUEL, limits.maxCallMs * FUEL_PER_MS);
    this.#fullTank = BigInt(Math.round(Math.min(MAX_FUEL, wanted)));
  }

  /** A call begins. */
  begin(): void {
    this.#steps = 0;
    this.#deadline = performance.now() + this.#limits.maxCallMs;
    this.refuel();
  }

  /** Counts instructions; says whether it may go on. */
  spend(steps: number): boolean {
    this.#steps += steps;
    this.refuel();
    return this.#steps < this.#limits.maxSteps && !this.#isLate();
  }

  /** Work from here on is paid anew. */
  refuel(): void {
    if (this.#fuel !== undefined) this.#fuel.value = this.#fullTank;
  }

  /** The error for a statement that may not. */
  exceeded(): ForgeError {
    const { maxSteps, maxCallMs } = this.#limits;
    return tooLong(
      this.#steps < maxSteps
        ? `it takes longer than ${maxCallMs} ms`
        : `it takes more than ${maxSteps} steps`,
    );
  }

  #isLate(): boolean {
    return performance.now() > this.#deadline;
  }
}

/** The error for a statement that was ended. */
export function tooLong(why: string): ForgeError {
  return new ForgeError("SQL_LIMIT", `Cannot finish SQL: ${why}`, {
    hint: "Ask for less, or give the tables an index",
  });
}
