/**
 * Kills pulling processes at random moments, several at a time on one cache,
 * and looks at what they leave.
 *
 * ```sh
 * deno task crash
 * deno task crash --kills 1000 --seed 7
 * ```
 *
 * The seed decides who is killed when; how far the processes have got by then
 * is for the machine to decide.
 *
 * @module
 */

import {
  ALL_MOMENTS,
  type CampaignFigures,
  runCampaign,
} from "../tests/crash/campaign.ts";
import { MANY_MODULES } from "../tests/crash/stage.ts";

if (import.meta.main) {
  const wanted = option("kills") ?? 200;
  const seed = option("seed") ?? 1;
  const figures = await runCampaign({
    kills: wanted,
    seed,
    modules: MANY_MODULES,
    moments: ALL_MOMENTS,
    onRound: ({ rounds, kills, problems }) =>
      console.error(
        `round ${rounds}: ${kills} of ${wanted} killed, ${problems.length} problems`,
      ),
  });
  console.log(report(figures, seed));
  Deno.exit(figures.problems.length === 0 ? 0 : 1);
}

/** The figures as Markdown. */
function report(figures: CampaignFigures, seed: number): string {
  const { killsBy, problems, ...totals } = figures;
  const kinds = Object.entries(killsBy).sort();
  const rows: readonly (readonly [string, number])[] = [
    ["seed", seed],
    ...Object.entries(totals),
    ...kinds.map(([kind, count]) => [`killed ${kind}`, count] as const),
    ["problems", problems.length],
  ];
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return ["|  |  |", "| --- | --: |", ...table, "", ...problems].join("\n");
}

/** The number after `--name`. */
function option(name: string): number | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  if (at < 0) return undefined;
  const value = Number(Deno.args[at + 1]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error("usage: crash_campaign.ts [--kills N] [--seed N]");
  return Deno.exit(2);
}
