/**
 * How often the RON reader agrees with the Rust crate, on the corpora of the
 * repository or on others of the same form.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/ron_corpora.ts [directory]
 */
import { CORPORA, loadCorpus, measure, report } from "../tests/ron/corpora.ts";

const [directory] = Deno.args;
const where = directory === undefined
  ? undefined
  : new URL(`file://${await Deno.realPath(directory)}/`);

for (const name of CORPORA) {
  const tally = measure(name, await loadCorpus(name, where));
  console.log(report(name, tally));
  for (const id of tally.misses) console.log(`  ${id}`);
}
