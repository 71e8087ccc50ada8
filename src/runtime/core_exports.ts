/**
 * Exports that are called by name, with plain numbers.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { CallResult, WasmNumber } from "./extension.ts";

/** Functions that a hint lists. */
const MAX_LISTED = 20;

/** Functions that only a host calls: of WASI, of the canonical ABI, of interfaces. */
const OF_ABI = /^_|^cabi_|^cm32p2|#/;
/** Functions of the Forge world, in both naming schemes. */
const WORLD = /forge:extension\/extension-api@/;

/** Finds an exported function. */
export function findExport(
  exports: WebAssembly.Exports,
  { extension, name }: { readonly extension: string; readonly name: string },
): (...args: readonly WasmNumber[]) => CallResult {
  const found = Object.hasOwn(exports, name) ? exports[name] : undefined;
  if (typeof found === "function") {
    return found as (...args: readonly WasmNumber[]) => CallResult;
  }
  throw notExported(extension, {
    name,
    functions: Object.keys(exports).filter((each) =>
      typeof exports[each] === "function"
    ),
  });
}

/** The error for a function that is not there. */
export function notExported(
  extension: string,
  { name, functions }: {
    readonly name: string;
    readonly functions: readonly string[];
  },
): ForgeError {
  const known = functions.filter((each) => !OF_ABI.test(each));
  return new ForgeError(
    "EXPORT_NOT_FOUND",
    `Cannot call "${name}" of ${extension}: it has no such function`,
    {
      hint: hintFor(known, functions.some((each) => WORLD.test(each))),
    },
  );
}

function hintFor(known: readonly string[], hasInterface: boolean): string {
  if (known.length > 0) {
    return `It exports ${known.slice(0, MAX_LISTED).join(", ")}`;
  }
  return hasInterface
    ? "It is of the world forge:extension: resolve one of its fields instead"
    : "It exports no functions";
}
