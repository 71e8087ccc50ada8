import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

const COMMANDS = ["run", "pull", "call", "digest", "cache"];

const slips: readonly (readonly [word: string, meant: string | undefined])[] = [
  ["rnu", "run"],
  ["digset", "digest"],
  ["chache", "cache"],
  ["pul", "pull"],
  ["digest", "digest"],
  ["xyzzy", undefined],
  ["completely-different", undefined],
];

for (const [word, meant] of slips) {
  Deno.test(`"${word}" means ${meant ?? "nothing that is known"}`, () => {
    assertEquals(nearest(word, COMMANDS), meant);
  });
}

Deno.test("of words as near the first is taken", () => {
  assertEquals(nearest("zall", ["call", "pall"]), "call");
});

Deno.test("among no candidates none is near", () => {
  assertEquals(nearest("run", []), undefined);
});
