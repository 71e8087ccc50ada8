import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import { keptTags, withReferences } from "./references.ts";

const DIGEST = `sha256:${"a".repeat(64)}` as const;
const OTHER = `sha256:${"b".repeat(64)}` as const;

const entry = (reference: string) =>
  `(extensions: (oci: [(name: "notes", registry: "r.example", image: "a/notes", reference: ${reference})]))`;
const pin = (from: string, tag = from) =>
  [{
    name: "notes",
    from,
    to: { kind: "Digest", value: DIGEST },
    tag,
  }] as const;

for (
  const [what, before, after] of [
    ["plain", `Tag("v1")`, `Digest("${DIGEST}") /* Tag("v1") */`],
    [
      "spread over lines",
      `Tag(\n  "v1",\n)`,
      `Digest("${DIGEST}") /* Tag("v1") */`,
    ],
    ["raw", `Tag(r#"v1"#)`, `Digest("${DIGEST}") /* Tag("v1") */`],
    [
      "with a comment of its own",
      `Tag("v1") /* stable */`,
      `Digest("${DIGEST}") /* Tag("v1") */ /* stable */`,
    ],
    [
      "with a line comment",
      `Tag("v1"), // v1\n`,
      `Digest("${DIGEST}") /* Tag("v1") */, // v1\n`,
    ],
  ] as const
) {
  Deno.test(`a tag that is ${what} becomes a digest with the tag behind it`, () => {
    const text = withReferences(entry(before), pin("v1"));
    assertEquals(text, entry(after));
    assertEquals(keptTags(text), new Map([["notes", "v1"]]));
    assertEquals(parseConfig(text).config.oci[0]?.reference, {
      kind: "Digest",
      value: DIGEST,
    });
  });
}

Deno.test("line ends and a byte order mark stay", () => {
  const text = "\uFEFF" + entry(`Tag("v1")`).replaceAll("(", "(\r\n");
  const pinned = withReferences(text, pin("v1"));
  assertEquals(pinned.startsWith("\uFEFF("), true);
  assertEquals(pinned.split("\r\n").length, text.split("\r\n").length - 1);
});

Deno.test("a tag that is kept is replaced with its digest, or goes with it", () => {
  const text = entry(`Digest("${OTHER}")  /*Tag("v1")*/ /* mine */`);
  assertEquals(keptTags(text), new Map([["notes", "v1"]]));
  assertEquals(
    withReferences(text, pin(OTHER, "v2")),
    entry(`Digest("${DIGEST}") /* Tag("v2") */ /* mine */`),
  );
  const to = { kind: "Tag", value: "v2" } as const;
  assertEquals(
    withReferences(text, [{ name: "notes", from: OTHER, to }]),
    entry(`Tag("v2") /* mine */`),
  );
});

for (
  const comment of [
    `// Tag("v1")`,
    `/* v1 */`,
    `/* Tag(v1) */`,
    `/* Tag("v 1") */`,
    `, /* Tag("v1") */`,
  ]
) {
  Deno.test(`${comment} keeps no tag`, () => {
    assertEquals(keptTags(entry(`Digest("${OTHER}") ${comment}\n`)).size, 0);
  });
}

for (
  const [what, text] of [["version", entry(`Tag("v2")`)], [
    "name",
    entry(`Tag("v1")`).replace(`"notes"`, `"other"`),
  ]] as const
) {
  Deno.test(`a file with another ${what} by now is left alone`, () => {
    const error = assertThrows(
      () => withReferences(text, pin("v1")),
      ForgeError,
    );
    assertEquals(error.code, "FILE_BUSY");
  });
}
