/**
 * What the calls of one module work on, and the calls that are about none of
 * its files.
 *
 * @module
 */

import type { Clock, SyncDirectory } from "../../platform/types.ts";
import type { Descriptors } from "./descriptors.ts";
import { Errno, WasiFailure } from "./errno.ts";
import type { Listings } from "./listings.ts";
import type { WasiMemory } from "./memory.ts";
import type { Quota } from "./quota.ts";
import { nanoseconds, NS_PER_MS } from "./records.ts";

/** Everything that one module's calls work on. */
export interface WasiContext {
  /** Its memory. */
  readonly memory: WasiMemory;
  /** Its descriptors. */
  readonly descriptors: Descriptors;
  /** Its listings that have begun. */
  readonly listings: Listings;
  /** Its directory, if it has one. */
  readonly directory: SyncDirectory | undefined;
  /** What it keeps there, likewise. */
  readonly quota: Quota | undefined;
  /** Time that goes by. */
  readonly clock: Pick<Clock, "now">;
  /** Time of day in milliseconds since the epoch. */
  readonly timeOfDay: () => number;
  /** Waits so many milliseconds, if the module may. */
  readonly sleep: (milliseconds: number) => void;
}

/** Calls by name; each succeeds, or throws how it failed. */
export type WasiCalls = Readonly<
  // deno-lint-ignore no-explicit-any -- numbers and bigints, as each call has them
  Record<string, (...args: any[]) => void>
>;

/** A program's request to end, thrown through its frames by `proc_exit`. */
export class ProcessExit extends Error {
  /** The exit status. */
  readonly code: number;

  /** Ends with a status. */
  constructor(code: number) {
    super(`exit status ${code}`);
    this.code = code;
  }
}

/** Bytes that `crypto.getRandomValues` gives at a time. */
const RANDOM_BYTES = 65_536;
/** Things that one call waits for: more than any program asks for. */
const MAX_SUBSCRIPTIONS = 256;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const EVENT_CLOCK = 0;
/** Process and thread time are told as the time that goes by. */
const LAST_CLOCK = 3;

/** Arguments, environment, time, chance, and the end. */
export function systemCalls(context: WasiContext): WasiCalls {
  const { memory } = context;
  const now = monotonic(context.clock);
  const nothing = (count: number, bytes: number) => {
    memory.setU32(count, 0);
    memory.setU32(bytes, 0);
  };
  const none = () => {};
  const unsupported = () => {
    throw new WasiFailure(Errno.NOSYS);
  };
  return {
    args_get: none,
    args_sizes_get: nothing,
    environ_get: none,
    environ_sizes_get: nothing,
    clock_res_get(id: number, out: number) {
      if (id >>> 0 > LAST_CLOCK) throw new WasiFailure(Errno.INVAL);
      memory.setU64(out, NS_PER_MS);
    },
    clock_time_get(id: number, _precision: bigint, out: number) {
      if (id >>> 0 > LAST_CLOCK) throw new WasiFailure(Errno.INVAL);
      const time = id === 0 ? context.timeOfDay() : now();
      memory.setU64(out, nanoseconds(time));
    },
    poll_oneoff: (list: number, out: number, count: number, used: number) =>
      memory.setU32(used, poll(context, { list, out, count }, now)),
    proc_exit(code: number) {
      throw new ProcessExit(code >>> 0);
    },
    proc_raise: unsupported,
    random_get(pointer: number, length: number) {
      const bytes = memory.bytes(pointer, length);
      for (let at = 0; at < bytes.length; at += RANDOM_BYTES) {
        crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES));
      }
    },
    sched_yield: none,
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
  };
}

/** A clock that never goes back, whatever is done to the time of day. */
function monotonic(clock: Pick<Clock, "now">): () => number {
  let last = 0;
  return () => last = Math.max(last, clock.now());
}

interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  /** When it comes, for a clock. */
  readonly waitMs: number;
}

/** Descriptors are always ready; where only clocks are asked about, waits for the first. */
function poll(
  context: WasiContext,
  { list, out, count }: {
    readonly list: number;
    readonly out: number;
    readonly count: number;
  },
  now: () => number,
): number {
  if (count === 0 || count >>> 0 > MAX_SUBSCRIPTIONS) {
    throw new WasiFailure(Errno.INVAL);
  }
  const { memory, timeOfDay, sleep } = context;
  const wanted = Array.from(
    { length: count },
    (_, i) =>
      readSubscription(
        memory.view(list + i * SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES),
        (id) => id === 0 ? timeOfDay() : now(),
      ),
  );
  // Before the time is spent: a bad place for the answer.
  memory.view(out, count * EVENT_BYTES);
  const waitMs = Math.min(...wanted.map((each) => each.waitMs));
  if (waitMs > 0) sleep(waitMs);
  const ready = wanted.filter((each) => each.waitMs <= waitMs);
  ready.forEach(({ userdata, type }, i) => {
    const view = memory.view(out + i * EVENT_BYTES, EVENT_BYTES);
    view.setBigUint64(0, userdata, true);
    view.setBigUint64(8, BigInt(type) << 16n, true);
    view.setBigUint64(16, 0n, true);
    view.setBigUint64(24, 0n, true);
  });
  return ready.length;
}

function readSubscription(
  view: DataView,
  now: (clock: number) => number,
): Subscription {
  const userdata = view.getBigUint64(0, true);
  const type = view.getUint8(8);
  if (type !== EVENT_CLOCK) return { userdata, type, waitMs: 0 };
  const id = view.getUint32(16, true);
  const time = Number(view.getBigUint64(24, true)) / Number(NS_PER_MS);
  const isAbsolute = (view.getUint16(40, true) & 1) !== 0;
  const waitMs = Math.max(0, isAbsolute ? time - now(id) : time);
  return { userdata, type, waitMs };
}
