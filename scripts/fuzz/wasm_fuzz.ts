/**
 * Mutates modules for as long as you like:
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/fuzz/wasm_fuzz.ts [seed] [count]
 */
import { readCorpus } from "../../tests/wasm/corpus.ts";
import { fuzzWasm } from "../../tests/wasm/fuzz.ts";

const [seed = "1", count = "100000"] = Deno.args;
const started = performance.now();
const { valid, metered, same, slowestMs, failures } = fuzzWasm({
  seed: Number(seed),
  count: Number(count),
  corpus: await readCorpus(),
  onProgress: (done) => {
    if (done % 100_000 === 0) console.log(`${done} mutants`);
  },
});
const seconds = (performance.now() - started) / 1000;
console.log(
  `seed ${seed}: ${count} mutants, ${valid} of them valid, ${metered} of those metered, ` +
    `${same} of those run to an end and the same, ` +
    `${failures.length} failures, ${seconds.toFixed(1)} s, slowest ${
      slowestMs.toFixed(1)
    } ms`,
);
for (const { reason, hex } of failures.slice(0, 20)) {
  console.log(`${reason}\n  ${hex}`);
}
if (failures.length > 0) Deno.exit(1);
