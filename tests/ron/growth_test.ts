import { assertEquals } from "@std/assert";
import { documentText, parseDocument } from "../../src/ron/mod.ts";
import { TEXT_FAMILIES } from "./growth.ts";

/** A quadratic parser takes minutes here; figures are for `scripts/bench/ron_growth.ts`. */
const SIZE = 512 * 1024;

for (const family of TEXT_FAMILIES) {
  Deno.test(`half a MiB is read, however hostile: ${family.name}`, () => {
    const text = family.make(SIZE);
    assertEquals(documentText(parseDocument(text)) === text, true);
  });
}
