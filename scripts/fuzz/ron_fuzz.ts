/**
 * Mutates good RON texts and checks that nothing crashes, hangs or lies.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/fuzz/ron_fuzz.ts [seed] [count]
 */
import { fuzzRon } from "../../tests/ron/fuzz.ts";

const [seed = "1", count = "10000"] = Deno.args;
const started = performance.now();
const result = await fuzzRon({
  seed: Number(seed),
  count: Number(count),
  onProgress: (done) => console.log(`${done} inputs`),
});
const seconds = (performance.now() - started) / 1000;
console.log(
  `seed ${seed}: ${result.count} inputs, ${result.good} of them RON, ` +
    `${result.failures.length} failures, ${seconds.toFixed(1)} s, ` +
    `slowest ${result.slowestMillis.toFixed(1)} ms ` +
    `(${result.slowestLength} characters), ` +
    `longest ${result.longest} characters`,
);
for (const { input, reason } of result.failures) {
  console.log(`${reason}\n  ${JSON.stringify(input)}`);
}
if (result.failures.length > 0) Deno.exit(1);
