/**
 * Killing pulling processes until enough have died, looking at the cache after
 * every round, and a last run that has to put everything right.
 *
 * @module
 */

import { join } from "@std/path";
import { seededRandom } from "../ron/random.ts";
import { ageTemporaries, checkCache } from "./cache_check.ts";
import { startForge } from "./puller.ts";
import { type PlayedProcess, playRound } from "./round.ts";
import {
  CALM_ROUND,
  hasClear,
  type Moment,
  type Occasions,
  planRound,
  type RoundPlan,
} from "./round_plan.ts";
import { type ModuleToPublish, openStage, type Stage } from "./stage.ts";

/** Rounds without enough kills that end a campaign: the moments must be wrong. */
const MAX_ROUNDS_PER_KILL = 4;
/** Older than any process that is still at work. */
const LONG_AGO_MS = 60 * 60 * 1000;

/** Options of {@linkcode runCampaign}. */
export interface CampaignOptions {
  /** Processes that have to die. */
  readonly kills: number;
  /** Decides what happens when. */
  readonly seed: number;
  /** What is pulled. */
  readonly modules: readonly ModuleToPublish[];
  /** The kinds of moments at which to kill. */
  readonly moments: readonly Moment["at"][];
  /** Hears of every round. */
  readonly onRound?: (figures: CampaignFigures) => void;
}

/** What happened in a campaign. */
export interface CampaignFigures {
  /** How many rounds there were. */
  readonly rounds: number;
  /** How many processes were started. */
  readonly processes: number;
  /** How many of them were killed. */
  readonly kills: number;
  /** Kills by the moment, and by what was hit. */
  readonly killsBy: Readonly<Record<string, number>>;
  /** Processes that nobody killed and that did all they had to do. */
  readonly survivors: number;
  /** Downloads that went on from what another one had left. */
  readonly resumed: number;
  /** The most temporary files that were left after a round. */
  readonly mostTemporaries: number;
  /** Modules without metadata that were left after rounds. */
  readonly halves: number;
  /** What must never be. */
  readonly problems: readonly string[];
}

type Tally =
  & { -readonly [Name in keyof CampaignFigures]: CampaignFigures[Name] }
  & {
    killsBy: Record<string, number>;
    problems: string[];
  };

/** Runs a campaign. */
export async function runCampaign(
  options: CampaignOptions,
): Promise<CampaignFigures> {
  await using stage = await openStage(options.modules);
  const random = seededRandom(options.seed);
  const tally = emptyTally();
  const occasions = await countOccasions(stage, tally);
  const mostRounds = options.kills * MAX_ROUNDS_PER_KILL;
  while (tally.kills < options.kills && tally.rounds < mostRounds) {
    const plan = planRound(random, { ...options, occasions });
    await playAndLook(plan, stage, tally);
    options.onRound?.(tally);
  }
  tally.problems.push(...await finish(stage));
  return tally;
}

/** Plays a round without a kill. */
async function countOccasions(stage: Stage, tally: Tally): Promise<Occasions> {
  const seen = { file: 0, line: 0, lock: 0, piece: 0, request: 0 };
  const stopListening = stage.listen((kind) => {
    if (kind in seen) seen[kind as keyof typeof seen]++;
  });
  const started = performance.now();
  const [first] = await playAndLook(CALM_ROUND, stage, tally);
  const time = performance.now() - started;
  stopListening();
  const line = first?.ending.err.split("\n").length ?? 0;
  return { ...seen, line, time };
}

async function playAndLook(
  plan: RoundPlan,
  stage: Stage,
  tally: Tally,
): Promise<readonly PlayedProcess[]> {
  const played = await playRound(plan, stage);
  count(played, tally);
  tally.problems.push(...judge(plan, played), ...await look(stage, tally));
  tally.resumed = stage.registry.requests
    .filter(({ headers }) => headers["range"] !== undefined).length;
  return played;
}

function emptyTally(): Tally {
  return {
    rounds: 0,
    processes: 0,
    kills: 0,
    killsBy: {},
    survivors: 0,
    resumed: 0,
    mostTemporaries: 0,
    halves: 0,
    problems: [],
  };
}

function count(played: readonly PlayedProcess[], tally: Tally): void {
  tally.rounds++;
  tally.processes += played.length;
  for (const { args, kill, wasKilled, ending } of played) {
    if (!wasKilled && ending.status === 0) tally.survivors++;
    if (!wasKilled || kill === undefined) continue;
    tally.kills++;
    const command = args.slice(0, args[0] === "cache" ? 2 : 1).join(" ");
    for (const kind of [`at ${kill.moment.at}`, `${command}, ${kill.target}`]) {
      tally.killsBy[kind] = (tally.killsBy[kind] ?? 0) + 1;
    }
  }
}

/** Whoever lived has to have done all that there was to do. */
function judge(
  plan: RoundPlan,
  played: readonly PlayedProcess[],
): readonly string[] {
  // Whoever clears the cache takes away what others are about to use.
  if (hasClear(plan)) return [];
  return played
    .filter(({ wasKilled, ending }) => !wasKilled && ending.status !== 0)
    .map(({ args, ending }) =>
      `forge ${
        args.join(" ")
      } lived and ended with ${ending.status}: ${ending.err}`
    );
}

async function look(stage: Stage, tally: Tally): Promise<readonly string[]> {
  const found = await checkCache(stage.work.cache, stage.expected);
  tally.mostTemporaries = Math.max(
    tally.mostTemporaries,
    found.temporaries.length,
  );
  tally.halves += found.halves.length;
  return found.problems.map((problem) =>
    `after round ${tally.rounds}: ${problem}`
  );
}

/** Time passes, an entry gets lost, and a run like any other puts all right. */
async function finish(stage: Stage): Promise<readonly string[]> {
  const { work, expected } = stage;
  const { cache, root } = work;
  const problems: string[] = [];
  const run = async (...args: readonly string[]) => {
    const { status, err } = await startForge(args, { cwd: root }).ended;
    if (status !== 0) {
      problems.push(
        `the last forge ${args.join(" ")} ended with ${status}: ${err}`,
      );
    }
  };
  await run("pull");
  await ageTemporaries(cache, LONG_AGO_MS);
  const [entry = ""] = (await checkCache(cache, expected)).entries;
  await Deno.remove(join(cache, `${entry}.metadata.json`));
  await run("pull");
  await run("run", "--offline");
  await run("cache", "verify");
  const { entries, halves, temporaries, problems: wrong } = await checkCache(
    cache,
    expected,
  );
  if (entries.length !== expected.size) {
    problems.push(`${entries.length} of ${expected.size} entries at the end`);
  }
  const left = [...halves, ...temporaries].map((name) => `${name}: left over`);
  return [...problems, ...wrong, ...left];
}

/** Every kind of moment that there is. */
export const ALL_MOMENTS: readonly Moment["at"][] = [
  "file",
  "line",
  "lock",
  "piece",
  "request",
  "time",
];
