/**
 * What a module gets for what it imports.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type AbiFunction,
  type CoreFunction,
  type GuestMemory,
  lowerFunction,
} from "./abi/mod.ts";
import type { Guard } from "./guard.ts";
import type { HostDatabase } from "./host_database.ts";
import type { LogLevel } from "./log.ts";
import type { ImportedFunction, Program } from "./program.ts";
import { WASI_MODULE } from "./wasi.ts";
import { hostFunction } from "./world/check.ts";
import { parseHostInterface } from "./world/names.ts";
import { HOST_DATABASE, HOST_LOG } from "./world/types.ts";

/** What the functions of the host are made of. */
export interface HostFunctions {
  /** Functions of WASI preview 1. */
  readonly wasi: WebAssembly.ModuleImports;
  /** What `host-log` does. */
  readonly log: (line: { level: LogLevel; message: string }) => void;
  /** What `host-database` does. */
  readonly database: HostDatabase;
  /** The memory of the module, once there is one. */
  readonly memory: () => GuestMemory;
  /** Watches over each call. */
  readonly guard: Guard;
}

/**
 * Connects the imports of a program, each one watched.
 *
 * @throws {ForgeError} `WASM_UNSUPPORTED` for one that is not given.
 */
export function connectImports(
  name: string,
  program: Program,
  host: HostFunctions,
): WebAssembly.Imports {
  const imports: Record<string, Record<string, CoreFunction>> = {};
  for (const wanted of program.imports) {
    const found = findFunction(wanted.module, wanted.name, host);
    if (found === undefined) throw notGiven(name, wanted);
    const functions = imports[wanted.module] ??= {};
    functions[wanted.name] = host.guard.watch(found);
  }
  return imports;
}

/** The error for an import of a function that there is not. */
export function notGiven(
  extension: string,
  { module, name }: ImportedFunction,
): ForgeError {
  return new ForgeError(
    "WASM_UNSUPPORTED",
    `Cannot load ${extension}: it imports function "${module}" "${name}", which extensions do not get`,
    { hint: "Build it for wasm32-wasip1 with a current compiler" },
  );
}

function findFunction(
  module: string,
  name: string,
  host: HostFunctions,
): CoreFunction | undefined {
  if (module === WASI_MODULE) {
    if (!Object.hasOwn(host.wasi, name)) return undefined;
    const found = host.wasi[name];
    return typeof found === "function" ? found as CoreFunction : undefined;
  }
  const type = hostFunction(module, name);
  if (type === undefined) return undefined;
  const interfaceName = parseHostInterface(module);
  return interfaceName === "host-log"
    ? lowerFunction(HOST_LOG.log, host.memory, host.log)
    : databaseFunction(type, host);
}

function databaseFunction(
  type: AbiFunction<unknown, unknown>,
  { database, memory }: HostFunctions,
): CoreFunction {
  switch (type) {
    case HOST_DATABASE.query:
      return lowerFunction(HOST_DATABASE.query, memory, database.query);
    case HOST_DATABASE.execute:
      return lowerFunction(HOST_DATABASE.execute, memory, database.execute);
    default:
      return lowerFunction(HOST_DATABASE.migrate, memory, database.migrate);
  }
}
