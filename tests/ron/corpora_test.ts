import { assertEquals } from "@std/assert";
import { tryDecodeRon } from "../../src/ron/mod.ts";
import { CORPORA, loadCorpus, measure, report } from "./corpora.ts";
import { Config } from "./shapes.ts";

for (const name of CORPORA) {
  Deno.test(`the ${name} corpus gets the crate's answers, all of them`, async () => {
    const cases = await loadCorpus(name);
    const tally = measure(name, cases);
    console.log(report(name, tally));
    assertEquals(tally.misses, []);
    assertEquals(tally.ok, tally.cases);
    assertEquals(tally.values, tally.goodCases);
    assertEquals(tally.codes, tally.badCases);
    assertEquals(tally.messages, tally.badCases);
    assertEquals(tally.positions, tally.badCases);
    assertEquals(tally.spans, tally.badCases);
    assertEquals(tally.legacyWarnings, tally.cases);
  });
}

Deno.test("a byte order mark is stripped with a warning, unless told to reject it", async () => {
  const cases = await loadCorpus("config");
  const marked = cases.filter(({ input }) => input.startsWith("\ufeff"));
  assertEquals(marked.length > 0, true);
  for (const { input } of marked) {
    const stripped = tryDecodeRon(input, Config);
    const bare = tryDecodeRon(input.slice(1), Config, {
      byteOrderMark: "reject",
    });
    assertEquals(stripped.ok, bare.ok);
    const found = stripped.ok ? stripped.warnings : stripped.diagnostics;
    assertEquals(found.some(({ code }) => code === "ByteOrderMark"), true);
  }
});
