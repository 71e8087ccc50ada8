/**
 * Kills pulling processes at random points, four at once on one cache, and
 * checks after every round that all entries verify and the next run succeeds.
 *
 * ```sh
 * deno task crash --kills 200 --seed 1
 * ```
 *
 * @module
 */

import { runCrashCampaign } from "../tests/faults/crash.ts";

if (import.meta.main) {
  const seed = option("seed", 1);
  const kills = option("kills", 200);
  console.log(`seed ${seed}, ${kills} kills`);
  const figures = await runCrashCampaign({
    seed,
    kills,
    onRound: ({ rounds, kills }) =>
      console.log(`round ${rounds}: ${kills} killed so far`),
  });
  console.log(JSON.stringify(figures, null, 2));
}

/** The number after `--name`. */
function option(name: string, fallback: number): number {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(Deno.args[at + 1]);
}
