/**
 * Numbers on the command line as arguments of a WASM function.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { WasmNumber } from "../runtime/mod.ts";

const INTEGER = /^[+-]?(?:[0-9]+|0x[0-9a-fA-F]+)$/;

/** Smallest signed and largest unsigned value: either reading of the bits is fine. */
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  i32: [-(2n ** 31n), 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 64n - 1n],
};

/**
 * Reads arguments by the types of the parameters.
 *
 * @throws {ForgeError} `USAGE` when there are too few or too many, one is not
 * a number, or one does not fit.
 */
export function parseWasmNumbers(
  what: string,
  types: readonly string[],
  given: readonly string[],
): readonly WasmNumber[] {
  if (types.length !== given.length) {
    const count = given.length === 1
      ? "1 argument"
      : `${given.length} arguments`;
    throw new ForgeError(
      "USAGE",
      `Cannot call ${what} with ${count}: it takes ${types.length}`,
      { hint: `Its parameters are (${types.join(", ")})` },
    );
  }
  return types.map((type, i) => parseOne(what, type, given[i] ?? ""));
}

function parseOne(what: string, type: string, text: string): WasmNumber {
  if (type === "f32" || type === "f64") {
    const value = Number(text);
    const isNumber = text.trim() !== "" &&
      (!Number.isNaN(value) || text === "NaN");
    if (isNumber) return value;
    throw refused(what, type, text, "it is not a number");
  }
  const range = RANGES[type];
  if (range === undefined) {
    throw refused(what, type, text, "only numbers can be passed");
  }
  if (!INTEGER.test(text)) throw refused(what, type, text, "not an integer");
  const negative = text.startsWith("-");
  const magnitude = BigInt(text.replace(/^[+-]/, ""));
  const value = negative ? -magnitude : magnitude;
  if (value < range[0] || value > range[1]) {
    throw refused(what, type, text, `out of the range of ${type}`);
  }
  return type === "i32" ? Number(BigInt.asIntN(32, value)) : value;
}

function refused(
  what: string,
  type: string,
  text: string,
  why: string,
): ForgeError {
  return new ForgeError(
    "USAGE",
    `Cannot pass "${text}" as ${type} to ${what}: ${why}`,
    { hint: "Numbers are decimal or 0x; put -- before one below zero" },
  );
}
