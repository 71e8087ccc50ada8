/**
 * Mutates modules, and checks that nothing that reads them crashes or lies, and
 * that metered they do what they did.
 */

import { ForgeError } from "../../src/errors.ts";
import {
  checkHeader,
  checkImports,
  inspect,
  meter,
  unwrapComponent,
} from "../../src/wasm/mod.ts";
import { observe } from "./observe.ts";

/** How {@linkcode fuzzWasm} works. */
export interface FuzzOptions {
  /** Where chance starts; the same seed makes the same mutants. */
  readonly seed: number;
  /** How many mutants. */
  readonly count: number;
  /** What is mutated. */
  readonly corpus: readonly Uint8Array[];
  /** Hears of progress, now and then. */
  readonly onProgress?: (done: number) => void;
}

/** What came of it. */
export interface FuzzResult {
  /** How many of the mutants an engine accepts. */
  readonly valid: number;
  /** How many of those can be metered. */
  readonly metered: number;
  /** How many of those were run, as they are and metered, and did the same. */
  readonly same: number;
  /** The slowest mutant, in milliseconds. */
  readonly slowestMs: number;
  /** What went wrong: the reason, and the mutant in hexadecimal. */
  readonly failures: readonly {
    readonly reason: string;
    readonly hex: string;
  }[];
}

/** Makes mutants and feeds them to everything that reads modules. */
export function fuzzWasm(options: FuzzOptions): FuzzResult {
  const random = mulberry32(options.seed);
  const pool = [...options.corpus];
  const failures: { reason: string; hex: string }[] = [];
  let valid = 0;
  let metered = 0;
  let same = 0;
  let slowestMs = 0;
  for (let done = 0; done < options.count; done++) {
    const mutant = mutate(pool, random);
    const started = performance.now();
    const outcome = check(mutant);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    if (outcome.reason !== undefined) {
      failures.push({ reason: outcome.reason, hex: toHex(mutant) });
    }
    if (outcome.valid) {
      valid += 1;
      keep(mutant, pool, { random, from: options.corpus.length });
    }
    if (outcome.metered) metered += 1;
    if (outcome.same) same += 1;
    if (done % 10_000 === 9_999) options.onProgress?.(done + 1);
  }
  return { valid, metered, same, slowestMs, failures };
}

/** Valid mutants that are mutated again, so that they drift away from the corpus. */
const POOL_SIZE = 500;
/** Larger ones only cost time. */
const MAX_POOLED_BYTES = 4000;

function keep(
  mutant: Uint8Array,
  pool: Uint8Array[],
  { random, from }: { readonly random: Random; readonly from: number },
): void {
  if (mutant.length > MAX_POOLED_BYTES) return;
  if (pool.length < from + POOL_SIZE) pool.push(mutant);
  else pool[from + Math.floor(random() * POOL_SIZE)] = mutant;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

interface Outcome {
  readonly valid: boolean;
  readonly metered: boolean;
  readonly same?: boolean;
  readonly reason?: string;
}

/** Enough for what the corpus does; a mutant that needs more may have no end. */
const FUEL = 1_000_000n;
/** Memory of the metered one; it and its copy are compared. */
const MAX_PAGES = 256;

function check(mutant: Uint8Array<ArrayBuffer>): Outcome {
  const valid = WebAssembly.validate(mutant);
  try {
    attempt(() => checkHeader(mutant));
    const info = attempt(() => inspect(mutant));
    if (info !== undefined) attempt(() => checkImports(info));
    attempt(() => unwrapComponent(mutant));
    const metered = attempt(() => meter(mutant, { maxMemoryPages: 65_536 }));
    if (valid && info === undefined) {
      return { valid, metered: false, reason: "valid, and not inspected" };
    }
    if (metered !== undefined && WebAssembly.validate(metered) !== valid) {
      const reason = valid ? "became invalid" : "became valid";
      return { valid, metered: true, reason };
    }
    if (!valid || metered === undefined) return { valid, metered: false };
    return { valid, metered: true, ...compare(mutant) };
  } catch (error) {
    return { valid, metered: false, reason: `crashed: ${String(error)}` };
  }
}

/** Runs a mutant metered and, when that comes to an end, as it is. */
function compare(
  mutant: Uint8Array<ArrayBuffer>,
): Pick<Outcome, "same" | "reason"> {
  const metered = attempt(() =>
    meter(mutant, { maxMemoryPages: MAX_PAGES, initialFuel: FUEL })
  );
  if (metered === undefined) return {};
  const after = observe(metered, { fuel: FUEL });
  if (!after.isWhole || after.wasDenied) return {};
  const before = observe(mutant);
  if (!before.isWhole) return {};
  const at = after.events.findIndex((event, i) => event !== before.events[i]);
  if (at < 0 && after.events.length === before.events.length) {
    return { same: true };
  }
  return {
    reason: `"${before.events[at]}" became "${after.events[at]}"`,
  };
}

/** The result, or nothing for an error of the kind that is promised. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

/** Chance: a number from 0 to 1 at each call. */
export type Random = () => number;

/** A small generator of numbers from 0 to 1 with a seed. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that mean something somewhere in the format. */
const TELLING = [
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0b, 0x0c, 0x0d, 0x0e],
  ...[0x10, 0x11, 0x12, 0x19, 0x1f, 0x20, 0x23, 0x24, 0x40, 0x41, 0x42, 0x60],
  ...[0x63, 0x64, 0x70, 0x7e, 0x7f, 0x80, 0xd0, 0xd5, 0xfb, 0xfc, 0xfd, 0xfe],
  0xff,
];

/** One of the corpus with a few changes. */
export function mutate(
  corpus: readonly Uint8Array[],
  random: Random,
): Uint8Array<ArrayBuffer> {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  let bytes = new Uint8Array(pick(corpus));
  for (let rounds = 1 + below(3); rounds > 0 && bytes.length > 0; rounds--) {
    const at = below(bytes.length);
    const length = Math.min(1 + below(8), bytes.length - at);
    switch (below(8)) {
      case 0:
        bytes[at]! ^= 1 << below(8);
        break;
      case 1:
      case 2:
        bytes[at] = pick(TELLING);
        break;
      case 3:
        bytes = splice(bytes, { at, remove: length });
        break;
      case 4:
        bytes = splice(bytes, { at, insert: bytes.subarray(at, at + length) });
        break;
      case 5:
        bytes = splice(bytes, { at, insert: new Uint8Array([pick(TELLING)]) });
        break;
      case 6: {
        const other = pick(corpus);
        const from = below(other.length);
        bytes = splice(bytes, {
          at,
          remove: length,
          insert: other.subarray(from, from + 1 + below(40)),
        });
        break;
      }
      default:
        if (random() < 0.2) bytes = bytes.slice(0, at);
        else bytes[at] = (bytes[at]! + (random() < 0.5 ? 1 : 255)) & 0xff;
    }
  }
  return bytes;
}

function splice(
  bytes: Uint8Array,
  { at, remove = 0, insert = new Uint8Array() }: {
    readonly at: number;
    readonly remove?: number;
    readonly insert?: Uint8Array;
  },
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length - remove + insert.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(bytes.subarray(at + remove), at + insert.length);
  return result;
}
