/**
 * A module that is loaded and can be called.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { CallResult, Extension } from "./extension.ts";
import type { WasmNumber } from "./instance.ts";
import { ProcessExit, type WasiHost } from "./wasi.ts";

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
    world: functions.includes("_start") ? "command" : "module",
    info: undefined,
    schema: undefined,
    functions,
    metrics: {
      ...{ calls: 0, failures: 0, traps: 0, restarts: 0 },
      ...{ timeMs: 0, fuel: 0, memoryBytes: 0 },
    },
    // deno-lint-ignore require-await -- failures are rejections
    async call(exported, ...args) {
      const target = find(exported);
      try {
        return target(...args) as CallResult;
      } catch (cause) {
        throw trap(name, exported, cause);
      } finally {
        host.flush();
      }
    },
    // deno-lint-ignore require-await -- failures are rejections
    async run() {
      find("_start");
      try {
        return host.start(instance);
      } catch (cause) {
        throw trap(name, "_start", cause);
      } finally {
        host.flush();
      }
    },
    resolveField: () => Promise.reject(notExported(name, "resolve-field", [])),
    reload: () => Promise.reject(notExported(name, "reload", [])),
    shutdown: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
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
