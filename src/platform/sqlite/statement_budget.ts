/**
 * What one statement may take: instructions and time.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import type { EngineLimits } from "./engine.ts";

/** Counts what the statement that runs has taken. */
export class StatementBudget {
  readonly #limits: Pick<EngineLimits, "maxSteps" | "maxStatementMs">;
  #steps = 0;
  #deadline = Infinity;

  /** Without a statement there is nothing to count. */
  constructor(limits: Pick<EngineLimits, "maxSteps" | "maxStatementMs">) {
    this.#limits = limits;
  }

  /** A statement begins. */
  begin(): void {
    this.#steps = 0;
    this.#deadline = performance.now() + this.#limits.maxStatementMs;
  }

  /** Counts instructions; says whether it may go on. */
  spend(steps: number): boolean {
    this.#steps += steps;
    return this.#steps < this.#limits.maxSteps && !this.#isLate();
  }

  /** The error for a statement that may not. */
  exceeded(): ForgeError {
    const { maxSteps, maxStatementMs } = this.#limits;
    const what = this.#steps < maxSteps
      ? `longer than ${maxStatementMs} ms`
      : `more than ${maxSteps} steps`;
    return new ForgeError("SQL_LIMIT", `Cannot finish SQL: it takes ${what}`, {
      hint: "Ask for less, or give the tables an index",
    });
  }

  #isLate(): boolean {
    return performance.now() > this.#deadline;
  }
}
