/**
 * How much work compiling a function is, beyond what its size says.
 *
 * Wherever ways through a function part or meet, compilers go over all of its
 * locals and operands. That makes modules of a few hundred kilobytes that an
 * engine compiles for minutes, into gigabytes of memory, when a function is
 * first called; and neither fuel nor time can end that. So such modules are
 * refused before they are compiled.
 *
 * @module
 */

import { cannotMeter } from "./meter_error.ts";

/**
 * Values that a compiler must look at, over all places of one function where
 * ways part or meet. Optimised code of real programs has at most a million in a
 * function, and code that was not optimised has seen 16 million. This many take
 * V8 a third of a second and 300 MB.
 */
const MAX_FUNCTION_VALUES = 20_000_000;
/** The same for a module; real programs have 1 to 2 million in a megabyte of code. */
const MAX_MODULE_VALUES = 60_000_000;
/** Loops in loops; real programs have 20. Optimisers go over the inner ones again for each. */
const MAX_LOOPS = 200;

const HINT =
  "Build it with optimization: no compiler's output comes near this limit";

/** Adds up the work of the functions of one module. */
export class CompileWork {
  #module = 0;
  #function = 0;

  /** A function begins. */
  startFunction(): void {
    this.#function = 0;
  }

  /** A place where so many values must be looked at. */
  look(values: number): void {
    this.#function += values;
    this.#module += values;
    if (this.#function > MAX_FUNCTION_VALUES) {
      throw cannotMeter(
        "one of its functions would take too long to compile",
        HINT,
      );
    }
    if (this.#module > MAX_MODULE_VALUES) {
      throw cannotMeter("it would take too long to compile", HINT);
    }
  }

  /** A loop inside of so many others. */
  nest(loops: number): void {
    if (loops <= MAX_LOOPS) return;
    throw cannotMeter(`it has more than ${MAX_LOOPS} loops in each other`);
  }
}
