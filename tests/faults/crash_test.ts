/** A slice of the crash campaign; `deno task crash` runs all of it. */

import { assert, assertEquals } from "@std/assert";
import { runCampaign } from "../crash/campaign.ts";
import { FEW_MODULES } from "../crash/stage.ts";

const KILLS = 15;

Deno.test("pulling processes killed at random points, four at once, leave only whole entries", async () => {
  const { problems, kills } = await runCampaign({
    kills: KILLS,
    seed: 20260801,
    modules: FEW_MODULES,
    moments: ["file", "line", "lock", "piece", "request"],
  });
  assertEquals(problems, []);
  assert(kills >= KILLS, `${kills}`);
});
