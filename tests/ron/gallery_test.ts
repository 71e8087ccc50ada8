import { assert, assertEquals } from "@std/assert";
import { tryDecodeRon } from "../../src/ron/mod.ts";
import { ERRORS, withGallery } from "./gallery.ts";

const PAGE = new URL("../../docs/ron.md", import.meta.url);

Deno.test("the page shows the pictures that the library draws", async () => {
  const page = await Deno.readTextFile(PAGE);
  assertEquals(page, withGallery(page));
});

Deno.test("each picture's error is the first of its text", () => {
  for (const [code, { text, schema }] of Object.entries(ERRORS)) {
    const result = tryDecodeRon(text, schema);
    assert(!result.ok);
    assertEquals(result.diagnostics[0]?.code, code);
  }
});
