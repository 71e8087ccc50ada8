/**
 * A module that is loaded and can be called.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { ProcessExit, type WasiHost } from "./wasi.ts";

/** A number as WASM functions take and give: `bigint` for `i64`. */
export type WasmNumber = number | bigint;

/** A loaded extension. */
export interface Extension {
  /** Its name. */
  readonly name: string;
  /** What kind of module it is. */
  readonly kind: "core";
  /** Names of the functions that it exports. */
  readonly functions: readonly string[];
  /**
   * Calls an exported function.
   *
   * @throws {ForgeError} `EXPORT_NOT_FOUND` or `WASM_TRAP`.
   */
  readonly call: (
    name: string,
    ...args: readonly WasmNumber[]
  ) => WasmNumber | readonly WasmNumber[] | undefined;
  /**
   * Runs `_start` of a command module.
   *
   * @returns The exit status of the program.
   * @throws {ForgeError} `EXPORT_NOT_FOUND` or `WASM_TRAP`.
   */
  readonly run: () => number;
}

/** Wraps an instance whose `_initialize` has run. */
export function createExtension(
  name: string,
  instance: WebAssembly.Instance,
  host: WasiHost,
): Extension {
  const functions = Object.entries(instance.exports)
    .filter(([, value]) => typeof value === "function")
    .map(([exported]) => exported);

  function find(exported: string): (...args: WasmNumber[]) => unknown {
    const value = instance.exports[exported];
    if (typeof value === "function") {
      return value as (...args: WasmNumber[]) => unknown;
    }
    throw notExported(name, exported, functions);
  }

  return {
    name,
    kind: "core",
    functions,
    call(exported, ...args) {
      const target = find(exported);
      try {
        return target(...args) as ReturnType<Extension["call"]>;
      } catch (cause) {
        throw trap(name, exported, cause);
      } finally {
        host.flush();
      }
    },
    run() {
      find("_start");
      try {
        return host.start(instance);
      } catch (cause) {
        throw trap(name, "_start", cause);
      } finally {
        host.flush();
      }
    },
  };
}

/** The error for a module that stopped in the middle of a function. */
export function trap(name: string, where: string, cause: unknown): ForgeError {
  if (cause instanceof ProcessExit) {
    return new ForgeError(
      "WASM_TRAP",
      `Cannot finish ${where} of ${name}: it ended with exit status ${cause.code}`,
      { hint: "Read what the extension printed", cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ForgeError(
    "WASM_TRAP",
    `Cannot finish ${where} of ${name}: ${reason}`,
    { hint: "This is a fault in the extension: tell its author", cause },
  );
}

function notExported(
  name: string,
  exported: string,
  functions: readonly string[],
): ForgeError {
  const known = functions.filter((known) => !known.startsWith("_"));
  return new ForgeError(
    "EXPORT_NOT_FOUND",
    `Cannot call "${exported}" of ${name}: it has no such function`,
    {
      hint: known.length === 0
        ? "It exports no functions"
        : `It exports ${known.slice(0, 20).join(", ")}`,
    },
  );
}
