import { assert, assertEquals } from "@std/assert";
import { formatApiReport, REPORT } from "../scripts/api_report.ts";

/** Absent until the API is declared to be settled. */
const report = await Deno.readTextFile(REPORT).catch(() => undefined);

if (report !== undefined) {
  Deno.test("the public API is what docs/api.md says (deno task api writes it anew)", () => {
    assertEquals(formatApiReport(), report);
  });
}

Deno.test("every subpath of deno.json is in the report, without any", () => {
  const lines = formatApiReport().split("\n");
  assertEquals(
    lines.filter((line) => line.startsWith("## ")).at(0),
    "## @forgepoint/forge",
  );
  assert(lines.includes("## @forgepoint/forge/testing"));
  assertEquals(lines.filter((line) => /[:<|]\s*any\b/.test(line)), []);
});

Deno.test("the report shows no bodies, no private members and no comments", () => {
  const text = formatApiReport();
  assert(text.includes("function parseReference(text: string): Reference;"));
  assert(!text.includes("#hash"));
  assert(!text.includes("return "));
  assert(!text.includes("/**"));
});
