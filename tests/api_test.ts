import { assert, assertEquals } from "@std/assert";
import { formatApiReport, REPORT } from "../scripts/api_report.ts";

Deno.test("the public API is what docs/api.md says", async () => {
  assertEquals(
    formatApiReport(),
    await Deno.readTextFile(REPORT),
    "The public API has changed: is it meant to? Then run deno task api, and " +
      "write into CHANGELOG.md what it means for users",
  );
});

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
