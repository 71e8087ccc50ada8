import { assertEquals } from "@std/assert";
import { newerTag } from "./newer_tag.ts";

for (
  const [current, tags, expected] of [
    ["v1.2.0", ["v1.2.0", "v1.10.0", "v1.9.9"], "v1.10.0"],
    ["1.2.0", ["1.3.0", "v1.3.0"], "1.3.0"],
    ["v1.2.0", ["1.3.0", "v1.3.0"], "v1.3.0"],
    ["v1.2.0", ["1.2.0", "v1.1.0"], undefined],
    ["v1.2.0", ["v2.0.0-rc.1"], undefined],
    ["v2.0.0-rc.1", ["v2.0.0-rc.2", "v2.0.0-rc.10"], "v2.0.0-rc.10"],
    ["v2.0.0-rc.1", ["v2.0.0", "v2.0.0-rc.9"], "v2.0.0"],
    ["latest", ["v1.0.0"], undefined],
    ["v1", ["v2", "v2.0.0"], undefined],
    ["v1.0.0", ["v1.0", "v01.5.0", "v1.5", "2026-01-01", "vv2.0.0"], undefined],
    ["v1.0.0", [], undefined],
    ["v1.0.0", ["v99999999999999999999.0.0"], "v99999999999999999999.0.0"],
  ] as const
) {
  Deno.test(`after ${current}, of ${tags.join(" ") || "nothing"}, comes ${expected}`, () => {
    assertEquals(newerTag(current, tags), expected);
    assertEquals(newerTag(current, [...tags].reverse()), expected);
  });
}
