import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import { formatRon } from "../ron/mod.ts";
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
      `Digest(\n  "${DIGEST}",\n) /* Tag("v1") */`,
    ],
    [
      "full of comments",
      `/* a */ r#Tag /* b */ ( // c\n "v1" /* d */ , /* e */ )`,
      `/* a */ Digest /* b */ ( // c\n "${DIGEST}" /* d */ , /* e */ ) /* Tag("v1") */`,
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
  assertEquals(pinned.split("\r\n").length, text.split("\r\n").length);
});

Deno.test("a tag that is kept is replaced with its digest, or goes with it", () => {
  const text = entry(`Digest("${OTHER}")  /*Tag("v1")*/ /* mine */`);
  assertEquals(keptTags(text), new Map([["notes", "v1"]]));
  assertEquals(
    withReferences(text, pin(OTHER, "v2")),
    entry(`Digest("${DIGEST}")  /*Tag("v2")*/ /* mine */`),
  );
  const to = { kind: "Tag", value: "v2" } as const;
  assertEquals(
    withReferences(text, [{ name: "notes", from: OTHER, to }]),
    entry(`Tag("v2") /* mine */`),
  );
});

for (
  const [what, comment, moved, gone] of [
    [
      "behind the comma",
      `, /* Tag("v1") */ // x`,
      `, /* Tag("v2") */ // x`,
      `, // x`,
    ],
    [
      "to the end of the line",
      `, // Tag("v1")\r\n`,
      `, // Tag("v2")\r\n`,
      `,\r\n`,
    ],
    ["and the comma later", ` // Tag("v1")\n,`, ` // Tag("v2")\n,`, `\n,`],
  ] as const
) {
  Deno.test(`a comment ${what} keeps the tag as well`, () => {
    const text = entry(`Digest("${OTHER}")${comment}\n`);
    assertEquals(keptTags(text), new Map([["notes", "v1"]]));
    assertEquals(
      withReferences(text, pin(OTHER, "v2")),
      entry(`Digest("${DIGEST}")${moved}\n`),
    );
    const to = { kind: "Tag", value: "v2" } as const;
    assertEquals(
      withReferences(text, [{ name: "notes", from: OTHER, to }]),
      entry(`Tag("v2")${gone}\n`),
    );
  });
}

Deno.test("what is formatted after pinning keeps its tag", () => {
  const formatted = formatRon(
    withReferences(entry(`Tag("v1")`), pin("v1")),
  );
  assertEquals(keptTags(formatted), new Map([["notes", "v1"]]));
  const moved = withReferences(formatted, [{
    ...pin(DIGEST, "v2")[0],
    to: { kind: "Digest", value: OTHER },
  }]);
  assertEquals(
    moved,
    formatted.replace(DIGEST, OTHER).replace(`"v1"`, `"v2"`),
  );
});

for (
  const comment of [
    `// Tag("v1") was broken`,
    `/* v1 */`,
    `/* Tag(v1) */`,
    `/* Tag("v 1") */`,
    `,\n/* Tag("v1") */`,
    `, /* other */ /* Tag("v1") */`,
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
