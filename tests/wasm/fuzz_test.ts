import { assertEquals, assertGreater } from "@std/assert";
import { readCorpus } from "./corpus.ts";
import { fuzzWasm } from "./fuzz.ts";

Deno.test("mutated modules are read or refused, and never crash or turn valid", async () => {
  const result = fuzzWasm({
    seed: 20_250,
    count: 10_000,
    corpus: await readCorpus(),
  });
  assertEquals(result.failures, []);
  // A mutation that only ever breaks the frame would test nothing deeper.
  assertGreater(result.valid, 500);
  assertGreater(result.metered, 500);
  // What comes to an end does the same metered: results, imports called, memory.
  assertGreater(result.same, 500);
});
