/**
 * One round: several processes on one cache, some of which do not live to see
 * its end.
 *
 * @module
 */

import { join } from "@std/path";
import { type Ending, type Puller, startForge } from "./puller.ts";
import type { Moment, PlannedProcess, RoundPlan } from "./round_plan.ts";
import type { Stage } from "./stage.ts";

/** What became of one process. */
export interface PlayedProcess extends PlannedProcess {
  /** Whether the signal reached it; a process may be faster. */
  readonly wasKilled: boolean;
  /** How it ended. */
  readonly ending: Ending;
}

/** Plays a round until every process of it is gone. */
export async function playRound(
  plan: RoundPlan,
  stage: Stage,
): Promise<readonly PlayedProcess[]> {
  await removeEntries(stage.work.cache, plan.removedShare);
  return await Promise.all(
    plan.processes.map((planned) => play(planned, stage)),
  );
}

async function play(
  planned: PlannedProcess,
  stage: Stage,
): Promise<PlayedProcess> {
  let wasKilled = false;
  const { kill } = planned;
  const strike = (): void => {
    if (kill === undefined || wasKilled) return;
    wasKilled = puller.signal("SIGKILL", kill.target);
  };
  const count = countTo(kill?.moment, strike);
  const puller: Puller = startForge(planned.args, {
    cwd: stage.work.root,
    onLine: () => count("line"),
  });
  const stopListening = stage.listen(count);
  const timer = kill?.moment.at === "time"
    ? setTimeout(strike, kill.moment.milliseconds)
    : undefined;
  const ending = await puller.ended;
  clearTimeout(timer);
  stopListening();
  return { ...planned, wasKilled, ending };
}

/** Strikes at the moment, and again at those after it as long as nobody is hit. */
function countTo(
  moment: Moment | undefined,
  strike: () => void,
): (kind: Moment["at"]) => void {
  let left = moment === undefined || moment.at === "time" ? 0 : moment.nth;
  return (kind) => {
    if (kind !== moment?.at) return;
    left--;
    if (left <= 0) strike();
  };
}

/** Somebody tidies up with `rm`, and there is something to pull again. */
async function removeEntries(cache: string, share: number): Promise<void> {
  const names = [...Deno.readDirSync(cache)].map(({ name }) => name).sort();
  const keys = names.filter((name) => name.endsWith(".metadata.json"))
    .map((name) => name.slice(0, 64));
  for (const key of keys.slice(0, Math.ceil(keys.length * share))) {
    await Deno.remove(join(cache, `${key}.metadata.json`));
    await Deno.remove(join(cache, `${key}.wasm`)).catch((error) => {
      // Then it is metadata without a module, and the look at the cache told of it.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
