/**
 * Time against size, per character and in all: every text family from 1 KiB to
 * 10 MiB. Time that grows faster than the text shows as rising nanoseconds.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/bench/ron_growth.ts [mebibytes]
 */
import { growthOf, TEXT_FAMILIES } from "../../tests/ron/growth.ts";

const limit = Number(Deno.args[0] ?? 10) * 1024 * 1024;
const sizes = [1024, 32 * 1024, 1024 * 1024, limit];

for (const task of ["parseRon", "everything"] as const) {
  console.log(
    `| ${task} | ${sizes.map((size) => `${size / 1024} KiB`).join(" | ")} |`,
  );
  console.log(`|---|${sizes.map(() => "--:").join("|")}|`);
  for (const family of TEXT_FAMILIES) {
    const cells = growthOf(family, sizes, { task }).map((
      { nanosPerUnit, millis },
    ) => `${nanosPerUnit.toFixed(0)} ns, ${millis.toFixed(1)} ms`);
    console.log(`| ${family.name} | ${cells.join(" | ")} |`);
  }
}
