/** A slice of the crash campaign; `deno task crash` runs all of it. */

import { assertGreater } from "@std/assert";
import { runCrashCampaign } from "./crash.ts";

Deno.test("pulling processes killed at random points, four at once, leave only whole entries", async () => {
  const figures = await runCrashCampaign({ seed: 20260801, kills: 15 });
  assertGreater(figures.kills, 14);
  assertGreater(figures.rounds, 2);
});
