import { assertEquals } from "@std/assert";
import { metadataAnnotations } from "./metadata.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module with one custom section each. */
function moduleWith(
  sections: readonly (readonly [name: string, content: Uint8Array | string])[],
): Uint8Array<ArrayBuffer> {
  const bytes = [...HEADER];
  for (const [name, content] of sections) {
    const named = new TextEncoder().encode(name);
    const data = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    const size = 1 + named.length + data.length;
    bytes.push(0, (size & 0x7f) | 0x80, size >> 7, named.length);
    bytes.push(...named, ...data);
  }
  return Uint8Array.from(bytes);
}

Deno.test("what a module says of itself becomes standard annotations", () => {
  const wasm = moduleWith([
    ["version", "1.2.3"],
    ["authors", "Ann, Bo"],
    ["description", "Notes with \u00fcmlauts"],
    ["licenses", "MIT"],
    ["source", "https://example.com/notes"],
    ["homepage", "https://example.com"],
    ["revision", "abc123"],
    ["producers", "\0"],
    ["constructor", "no annotation of that name"],
  ]);
  assertEquals(metadataAnnotations(wasm), {
    "org.opencontainers.image.version": "1.2.3",
    "org.opencontainers.image.authors": "Ann, Bo",
    "org.opencontainers.image.description": "Notes with \u00fcmlauts",
    "org.opencontainers.image.licenses": "MIT",
    "org.opencontainers.image.source": "https://example.com/notes",
    "org.opencontainers.image.url": "https://example.com",
    "org.opencontainers.image.revision": "abc123",
  });
});

Deno.test("sections that are no line of text are left out", () => {
  const wasm = moduleWith([
    ["version", Uint8Array.of(0xff, 0xfe)],
    ["description", "two\nlines"],
    ["authors", "   "],
    ["licenses", "x".repeat(5000)],
  ]);
  assertEquals(metadataAnnotations(wasm), {});
});
