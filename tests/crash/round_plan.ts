/**
 * Who is killed when, drawn by lot from a seed.
 *
 * @module
 */

import type { Random } from "../ron/random.ts";
import type { Target } from "./puller.ts";

/** When a process is killed, counted from the beginning of the round. */
export type Moment =
  /** At a change in the cache directory, whoever made it. */
  | { readonly at: "file"; readonly nth: number }
  /** When it writes a line to standard error. */
  | { readonly at: "line"; readonly nth: number }
  /** When a lock appears in the cache directory, whoever made it. */
  | { readonly at: "lock"; readonly nth: number }
  /** When the registry has sent a piece of a large layer, to whomever. */
  | { readonly at: "piece"; readonly nth: number }
  /** When the registry gets a request, from whomever. */
  | { readonly at: "request"; readonly nth: number }
  /** After a time. */
  | { readonly at: "time"; readonly milliseconds: number };

/** One process of a round. */
export interface PlannedProcess {
  /** Arguments of `forge`. */
  readonly args: readonly string[];
  /** When and how it is killed; it may live if absent. */
  readonly kill?: { readonly moment: Moment; readonly target: Target };
}

/** One round. */
export interface RoundPlan {
  /** The processes, all at once. */
  readonly processes: readonly PlannedProcess[];
  /** Which part of the entries somebody removes before, by hand; from 0 to 1. */
  readonly removedShare: number;
}

/** How often each moment comes in a round without a kill; of "time", the milliseconds. */
export type Occasions = Readonly<Record<Moment["at"], number>>;

/** Options of {@linkcode planRound}. */
export interface PlanRoundOptions {
  /** The kinds of moments to draw from. */
  readonly moments: readonly Moment["at"][];
  /** How far into a round to draw them. */
  readonly occasions: Occasions;
}

/** Pulling processes on one cache. */
const PROCESSES = 4;
const PULL = ["pull"];
/** Two thirds without the sandbox, whose second process takes its time to start. */
const COMMANDS = [PULL, [...PULL, "--no-sandbox"], [...PULL, "--no-sandbox"]];
const CACHE_COMMANDS = [["cache", "clear"], ["cache", "verify"]];
const REMOVED_SHARES = [0, 0.25, 0.5, 1, 1];

/** A round in which nobody is killed, to see how often there is occasion to. */
export const CALM_ROUND: RoundPlan = {
  processes: Array.from({ length: PROCESSES }, () => ({ args: PULL })),
  removedShare: 0,
};

/** Draws a round. */
export function planRound(
  random: Random,
  options: PlanRoundOptions,
): RoundPlan {
  const processes = Array.from({ length: PROCESSES }, (_, i) => {
    const args = random.pick(COMMANDS);
    // One of them is killed for sure, and one in four of the others lives.
    const lives = i > 0 && random.int(4) === 0;
    return lives ? { args } : { args, kill: drawKill(random, args, options) };
  });
  if (random.int(5) === 0) {
    const args = random.pick(CACHE_COMMANDS);
    processes.push({ args, kill: drawKill(random, args, options) });
  }
  return { processes, removedShare: random.pick(REMOVED_SHARES) };
}

/** Whether a process of the plan takes away what others are working on. */
export function hasClear({ processes }: RoundPlan): boolean {
  return processes.some(({ args }) => args.includes("clear"));
}

function drawKill(
  random: Random,
  args: readonly string[],
  { moments, occasions }: PlanRoundOptions,
): NonNullable<PlannedProcess["kill"]> {
  const isSandboxed = args[0] === "pull" && args.length === 1;
  const targets: readonly Target[] = isSandboxed
    ? ["group", "first", "second"]
    : ["group"];
  const at = random.pick(moments);
  // The fewer are left to get there, the rarer late moments are: prefer early ones.
  const drawn = 1 + random.int(1 + random.int(occasions[at]));
  const moment: Moment = at === "time"
    ? { at, milliseconds: drawn }
    : { at, nth: drawn };
  return { moment, target: random.pick(targets) };
}
