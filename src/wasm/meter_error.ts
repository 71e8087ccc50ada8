/**
 * The error for modules that cannot be metered.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/** Says why, by name, and what to do. */
export function cannotMeter(
  why: string,
  hint: string =
    "Build it without that: extensions have WASM 2.0 with SIMD, tail calls and exceptions, and one memory of their own",
): ForgeError {
  return new ForgeError("WASM_UNSUPPORTED", `Cannot run WASM module: ${why}`, {
    hint,
  });
}
