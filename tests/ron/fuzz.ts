/** The fuzzing loop, for the long campaign and for the short one in the tests. */
import { CORPORA, loadCorpus } from "./corpora.ts";
import { checkInvariants } from "./invariants.ts";
import { mutate, soup } from "./mutate.ts";
import { type Random, seededRandom } from "./random.ts";

/** What to run. */
export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  readonly onProgress?: (done: number) => void;
}

/** What came of it. */
export interface FuzzResult {
  readonly count: number;
  /** How many inputs were RON. */
  readonly good: number;
  readonly failures: readonly {
    readonly input: string;
    readonly reason: string;
  }[];
  /** The slowest input and its length in UTF-16 units. */
  readonly slowestMillis: number;
  readonly slowestLength: number;
  readonly longest: number;
}

const PROGRESS_EVERY = 100_000;
const MAX_FAILURES = 20;
/** Mutants of mutants are kept, so that texts drift away from the corpora. */
const POOL_SIZE = 2000;

/** Checks `count` mutated texts. */
export async function fuzzRon(options: FuzzOptions): Promise<FuzzResult> {
  const random = seededRandom(options.seed);
  const seeds = await seedTexts();
  const pool = [...seeds];
  const failures: { input: string; reason: string }[] = [];
  let good = 0;
  let slowestMillis = 0;
  let slowestLength = 0;
  let longest = 0;
  for (let done = 1; done <= options.count; done++) {
    const input = nextInput(random, pool, seeds);
    longest = Math.max(longest, input.length);
    const started = performance.now();
    try {
      if (checkInvariants(input, random)) good++;
    } catch (error) {
      failures.push({ input, reason: String(error) });
      if (failures.length >= MAX_FAILURES) break;
    }
    let millis = performance.now() - started;
    if (millis > slowestMillis) millis = Math.min(millis, again(input));
    if (millis > slowestMillis) {
      slowestMillis = millis;
      slowestLength = input.length;
    }
    if (done % PROGRESS_EVERY === 0) options.onProgress?.(done);
  }
  const { count } = options;
  return { count, good, failures, slowestMillis, slowestLength, longest };
}

/** The best of three more runs: the machine may have been busy elsewhere. */
function again(input: string): number {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    try {
      checkInvariants(input, seededRandom(1));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

/** Good texts count three times: a mutant of a bad one is hardly ever good. */
async function seedTexts(): Promise<string[]> {
  const texts: string[] = [];
  for (const name of CORPORA) {
    for (const { input, ok } of await loadCorpus(name)) {
      texts.push(input);
      if (ok) texts.push(input, input);
    }
  }
  return texts;
}

function nextInput(
  random: Random,
  pool: string[],
  seeds: readonly string[],
): string {
  const kind = random.int(20);
  if (kind === 0) return soup(random);
  if (kind === 1) return random.pick(seeds);
  const input = mutate(random.pick(pool), random, seeds);
  if (kind < 5 && input.length < 4000) {
    if (pool.length < seeds.length + POOL_SIZE) pool.push(input);
    else pool[seeds.length + random.int(POOL_SIZE)] = input;
  }
  return input;
}
