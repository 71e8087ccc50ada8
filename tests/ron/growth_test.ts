import { assertLess } from "@std/assert";
import { growthOf, TEXT_FAMILIES } from "./growth.ts";

/** A quadratic parser would take 16 times as long per character. */
const SMALL = 8 * 1024;
const LARGE = 128 * 1024;
/** Noise, caches and the collector are granted this much. */
const MAX_GROWTH = 8;

for (const family of TEXT_FAMILIES) {
  Deno.test(`time grows with the text and no faster: ${family.name}`, () => {
    const [small, large] = growthOf(family, [SMALL, LARGE], {
      budget: 512 * 1024,
    });
    assertLess(large!.nanosPerUnit, small!.nanosPerUnit * MAX_GROWTH + 50);
  });
}
