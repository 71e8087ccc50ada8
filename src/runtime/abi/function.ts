/**
 * Functions that cross the border, in either direction.
 *
 * @module
 */

import { within } from "./fault.ts";
import type { GuestMemory } from "./memory.ts";
import type { AbiType, CoreType, CoreValue } from "./type.ts";

/** Core parameters that a function may have; more go through memory (CanonicalABI.md, `MAX_FLAT_PARAMS`). */
const MAX_FLAT_PARAMS = 16;
/** Core results; likewise. */
const MAX_FLAT_RESULTS = 1;

/** A function: its parameters as one record, and its result. */
export interface AbiFunction<P, R> {
  /** Its name in WIT, for messages. */
  readonly name: string;
  /** The parameters. */
  readonly params: AbiType<P>;
  /** The result, if it has one. */
  readonly result?: AbiType<R> | undefined;
}

/** Signature of a core function. */
export interface CoreSignature {
  /** Types of the parameters. */
  readonly params: readonly CoreType[];
  /** Types of the results. */
  readonly results: readonly CoreType[];
}

/** A function of a core module. */
export type CoreFunction = (...values: CoreValue[]) => unknown;

/** The core function that a guest must export for a function. */
export function exportSignature(
  type: AbiFunction<unknown, unknown>,
): CoreSignature {
  const { params, result } = type;
  return {
    params: params.flat.length > MAX_FLAT_PARAMS ? ["i32"] : params.flat,
    results: hasPointer(result) ? ["i32"] : result?.flat ?? [],
  };
}

/** The core function that a guest must import for a function. */
export function importSignature(
  type: AbiFunction<unknown, unknown>,
): CoreSignature {
  const { params, result } = type;
  const flat = params.flat.length > MAX_FLAT_PARAMS
    ? ["i32"] as const
    : params.flat;
  return hasPointer(result)
    ? { params: [...flat, "i32"], results: [] }
    : { params: flat, results: result?.flat ?? [] };
}

function hasPointer(result: AbiType<unknown> | undefined): boolean {
  return (result?.flat.length ?? 0) > MAX_FLAT_RESULTS;
}

/** What a guest exports for one function. */
export interface GuestFunction {
  /** Its memory. */
  readonly memory: GuestMemory;
  /** The function. */
  readonly target: CoreFunction;
  /** What frees its result, if it wants to be called for that. */
  readonly postReturn?: CoreFunction | undefined;
}

/** Makes an exported function of a guest callable (CanonicalABI.md, `canon lift`). */
export function liftFunction<P, R>(
  type: AbiFunction<P, R>,
  { memory, target, postReturn }: GuestFunction,
): (params: P) => R {
  const { params, result } = type;
  const inMemory = params.flat.length > MAX_FLAT_PARAMS;
  const resultInMemory = hasPointer(result);

  function lower(value: P): CoreValue[] {
    if (!inMemory) {
      const flat: CoreValue[] = [];
      params.lower(memory, value, flat);
      return flat;
    }
    const pointer = memory.allocate(params.size, params.align);
    params.store(memory, pointer, value);
    return [pointer];
  }

  function lift(core: CoreValue): R {
    if (result === undefined) return undefined as R;
    memory.beginRead();
    try {
      if (!resultInMemory) {
        return result.lift(memory, { values: [core], next: 0 });
      }
      const { size, align } = result;
      const place = { size, align, what: "a record" };
      return result.load(memory, memory.check(Number(core), place));
    } catch (error) {
      throw within(error, "result");
    }
  }

  return (value) => {
    memory.refresh();
    const core = target(...lower(value)) as CoreValue;
    const lifted = lift(core);
    if (postReturn !== undefined) {
      memory.mayLeave = false;
      if (result === undefined) postReturn();
      else postReturn(core);
      memory.mayLeave = true;
    }
    return lifted;
  };
}

/**
 * Makes a function of the host importable for a guest (CanonicalABI.md, `canon
 * lower`).
 *
 * @param type Its type.
 * @param memory Gives the guest's memory, which is not there yet when it is
 * instantiated.
 * @param implementation What it does.
 */
export function lowerFunction<P, R>(
  type: AbiFunction<P, R>,
  memory: () => GuestMemory,
  implementation: (params: P) => R,
): CoreFunction {
  const { params, result } = type;
  const inMemory = params.flat.length > MAX_FLAT_PARAMS;
  const resultInMemory = hasPointer(result);
  const parameterCount = inMemory ? 1 : params.flat.length;

  function call(guest: GuestMemory, values: CoreValue[]): CoreValue | void {
    guest.checkMayLeave();
    const value = lift(guest, values);
    if (result === undefined) return void implementation(value);
    if (!resultInMemory) {
      const flat: CoreValue[] = [];
      result.lower(guest, implementation(value), flat);
      return flat[0];
    }
    const { size, align } = result;
    // Where the result goes is known to be there before anything is done.
    const pointer = guest.check(Number(values[parameterCount]), {
      size,
      align,
      what: "the place for the result",
    });
    result.store(guest, pointer, implementation(value));
  }

  function lift(guest: GuestMemory, values: CoreValue[]): P {
    guest.beginRead();
    if (!inMemory) return params.lift(guest, { values, next: 0 });
    const { size, align } = params;
    const place = { size, align, what: "a record" };
    return params.load(guest, guest.check(Number(values[0]), place));
  }

  return (...values) => {
    try {
      return call(memory(), values);
    } catch (error) {
      throw within(error, type.name);
    }
  };
}
