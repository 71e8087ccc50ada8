/** What can be seen of a module from outside: for tests that compare two. */

import { DENIED_EXPORT, FUEL_EXPORT } from "../../src/wasm/mod.ts";

/** How {@linkcode observe} runs a module. */
export interface ObserveOptions {
  /** Fuel for its start and for each call, if it is metered; endless if not given. */
  readonly fuel?: bigint;
}

/** Everything that was seen, in order. */
export interface Observation {
  /** Results, failures, calls of imports, and the memory at the end. */
  readonly events: readonly string[];
  /** Whether it came to its end: fuel and stack were enough. */
  readonly isWhole: boolean;
  /** Whether it was refused memory, which it would have got without a limit. */
  readonly wasDenied: boolean;
}

/**
 * Instantiates a module, calls each function that it exports with zeros, and
 * writes down what comes of it.
 */
export function observe(
  bytes: Uint8Array<ArrayBuffer>,
  { fuel }: ObserveOptions = {},
): Observation {
  const events: string[] = [];
  const module = new WebAssembly.Module(bytes);
  let instance: WebAssembly.Instance | undefined;
  const whole = (isWhole: boolean): Observation => {
    const denied = instance?.exports[DENIED_EXPORT];
    const wasDenied = denied instanceof WebAssembly.Global &&
      denied.value === 1;
    return { events, isWhole, wasDenied };
  };
  try {
    instance = new WebAssembly.Instance(module, importsFor(module, events));
  } catch (error) {
    events.push(`no instance: ${(error as Error).constructor.name}`);
    // Whether its start function ran out of fuel cannot be seen.
    return whole(fuel === undefined);
  }
  const tank = instance.exports[FUEL_EXPORT];
  for (const [name, value] of Object.entries(instance.exports)) {
    if (typeof value !== "function") continue;
    if (fuel !== undefined) (tank as WebAssembly.Global).value = fuel;
    try {
      // More than it takes: numbers for those that are, 0n where that fails.
      events.push(`${name} gives ${show(callWithZeros(value))}`);
    } catch (error) {
      // How deep a stack is differs: a frame with fuel is a little larger.
      if (error instanceof RangeError) return whole(false);
      events.push(`${name} fails: ${(error as Error).constructor.name}`);
    }
    if (fuel !== undefined && (tank as WebAssembly.Global).value < 0n) {
      return whole(false);
    }
  }
  for (const [name, value] of Object.entries(instance.exports)) {
    if (name === FUEL_EXPORT || name === DENIED_EXPORT) continue;
    if (value instanceof WebAssembly.Memory) {
      events.push(`${name} is ${digest(new Uint8Array(value.buffer))}`);
    } else if (value instanceof WebAssembly.Global) {
      events.push(`${name} is ${readGlobal(value)}`);
    }
  }
  return whole(true);
}

// deno-lint-ignore no-explicit-any -- whatever a module exports
function callWithZeros(target: any): unknown {
  const zeros = new Array<number>(target.length).fill(0);
  try {
    return target(...zeros);
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) {
      throw error;
    }
    return target(...zeros.map(BigInt));
  }
}

/** Something for each import: functions write down how they are called. */
function importsFor(
  module: WebAssembly.Module,
  events: string[],
): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (
    const { module: from, name, kind } of WebAssembly.Module.imports(module)
  ) {
    if (kind !== "function") continue;
    const log = (...args: unknown[]) => {
      events.push(`${name} ${args.map(show).join()}`);
    };
    Object.defineProperty(imports[from] ??= {}, name, {
      value: log,
      enumerable: true,
    });
  }
  return imports;
}

function readGlobal(global: WebAssembly.Global): string {
  try {
    return show(global.value);
  } catch {
    return "no value of JavaScript";
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join();
  if (typeof value === "function") return "a function";
  return `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
}

/** FNV-1a of what is not zero, and the length: enough to tell memories apart. */
function digest(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0) continue;
    hash = Math.imul(hash ^ bytes[i]! ^ i, 0x01000193);
  }
  return `${bytes.length} bytes ${(hash >>> 0).toString(16)}`;
}
