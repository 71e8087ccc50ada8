/**
 * Pulling processes that are killed, several at once on one cache, round by
 * round.
 *
 * Points to kill at are counted in moments, not in time: the same seed aims at
 * the same points.
 *
 * @module
 */

import { type Checked, type Counts, openCrashStage } from "./crash_stage.ts";

/** Options of {@linkcode runCrashCampaign}. */
export interface CrashCampaignOptions {
  /** Where the randomness starts. */
  readonly seed: number;
  /** Processes to kill at least. */
  readonly kills: number;
  /** Processes at once; 4 if not given. */
  readonly processes?: number;
  /** Hears of every round. */
  readonly onRound?: (figures: CrashFigures) => void;
}

/** What a campaign came to. */
export interface CrashFigures extends Checked {
  /** Processes that were killed. */
  readonly kills: number;
  /** Of those, after which kind of moment. */
  readonly after: Counts;
  /** Processes that reached their end beside those that were killed. */
  readonly survivors: number;
  /** Times that all of it was checked. */
  readonly rounds: number;
}

const NOTHING_YET: CrashFigures = {
  kills: 0,
  after: { request: 0, bytes: 0, file: 0 },
  survivors: 0,
  rounds: 0,
  verified: 0,
  leftovers: 0,
  resumed: 0,
};

/** Moments that are as likely, whichever is the most frequent. */
const MOMENTS = ["request", "bytes", "file"] as const;

/**
 * Kills processes round by round. After each round every entry must verify,
 * those that were not killed must have succeeded, and the next run must
 * succeed with the right bytes.
 */
export async function runCrashCampaign(
  options: CrashCampaignOptions,
): Promise<CrashFigures> {
  const { seed, kills, processes = 4, onRound } = options;
  await using stage = await openCrashStage();
  const random = randomFrom(seed);
  let figures = NOTHING_YET;
  const { counts } = await stage.play({ points: [], processes, random });
  await stage.check(random);
  const pickPoint = () => {
    const moment = MOMENTS[Math.floor(random() * MOMENTS.length)]!;
    return { moment, nth: 1 + Math.floor(random() * counts[moment]) };
  };
  while (figures.kills < kills) {
    const aims = Math.min(processes, kills - figures.kills);
    const points = Array.from({ length: aims }, pickPoint);
    const { after, survivors } = await stage.play({
      points,
      processes,
      random,
    });
    const checked = await stage.check(random);
    const killed = processes - survivors;
    figures = add(figures, {
      ...checked,
      after,
      survivors,
      kills: killed,
      rounds: 1,
    });
    onRound?.(figures);
    if (figures.rounds > kills * 2) {
      throw new Error(`Gave up after ${figures.rounds} rounds`);
    }
  }
  return figures;
}

function add(a: CrashFigures, b: CrashFigures): CrashFigures {
  return {
    kills: a.kills + b.kills,
    after: {
      request: a.after.request + b.after.request,
      bytes: a.after.bytes + b.after.bytes,
      file: a.after.file + b.after.file,
    },
    survivors: a.survivors + b.survivors,
    rounds: a.rounds + b.rounds,
    verified: a.verified + b.verified,
    leftovers: a.leftovers + b.leftovers,
    resumed: a.resumed + b.resumed,
  };
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
