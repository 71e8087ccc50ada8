import { assert, assertEquals } from "@std/assert";
import { documentText, parseDocument, type RonPath, spanOf } from "./mod.ts";

const TEXT = `#![enable(implicit_some)] // héllo
Config(
    list: [1, /* two */ 2,],
    auth: {"ghcr.io": (user: Some("u"))},
    reference: Tag("v1"),
    r#raw-name: 5,
    none: Some 7,
)
`;

Deno.test("the leaves of a tree are the text", () => {
  assertEquals(documentText(parseDocument(TEXT)), TEXT);
});

Deno.test("any text has a tree, and it is the text", () => {
  const texts = [
    "",
    " ",
    "(",
    "]",
    '"',
    "'",
    "/*",
    "#![",
    "(a:",
    "[1 2",
    "\ud800",
  ];
  for (const text of texts) {
    assertEquals(documentText(parseDocument(text)), text);
  }
});

Deno.test("nesting beyond all reason neither throws nor overflows", () => {
  for (const open of ["[", "(", "{", "Some(", "[(", "(a:"]) {
    const text = open.repeat(50_000);
    const document = parseDocument(text);
    assertEquals(documentText(document), text);
    assert(document.diagnostics.length > 0);
  }
});

Deno.test("a document knows its extensions", () => {
  assertEquals(parseDocument(TEXT).extensions, ["implicit_some"]);
});

Deno.test("a document reports several errors and goes on", () => {
  const { diagnostics } = parseDocument("(a: 1 b: ;, c: 0x, d: [1,,])");
  assertEquals(diagnostics.map(({ code }) => code), [
    "ExpectedComma",
    "UnexpectedChar",
    "ExpectedInteger",
    "UnexpectedChar",
  ]);
});

const PLACES: readonly (readonly [path: RonPath, text: string])[] = [
  [["list"], "[1, /* two */ 2,]"],
  [["list", 1], "2"],
  [["auth", "ghcr.io", "user"], 'Some("u")'],
  [["reference"], 'Tag("v1")'],
  [["reference", "value"], '"v1"'],
  [["reference", 0], '"v1"'],
  [["raw-name"], "5"],
  [["none"], "Some 7"],
];

Deno.test("paths of values lead to their places", () => {
  const document = parseDocument(TEXT);
  for (const [path, text] of PLACES) {
    const span = spanOf(document, path);
    assert(span !== undefined, path.join());
    assertEquals(TEXT.slice(span.offset, span.offset + span.length), text);
  }
});

Deno.test("keys and whole entries have places too", () => {
  const document = parseDocument(TEXT);
  const key = spanOf(document, ["auth", "ghcr.io"], { of: "key" })!;
  assertEquals(TEXT.slice(key.offset, key.offset + key.length), '"ghcr.io"');
  assertEquals([key.line, key.column], [4, 12]);
  const entry = spanOf(document, ["list"], { of: "entry" })!;
  assertEquals(TEXT.slice(entry.offset, entry.offset + 5), "list:");
});

Deno.test("a path that leads nowhere can stop at the nearest value", () => {
  const document = parseDocument(TEXT);
  const path = ["auth", "quay.io", "user"];
  assertEquals(spanOf(document, path), undefined);
  const near = spanOf(document, path, { nearest: true })!;
  assertEquals(near.offset, TEXT.indexOf('{"ghcr'));
});

Deno.test("columns count code points and skip a byte order mark", () => {
  const text = '\ufeff("😀", x)';
  const span = spanOf(parseDocument(text), [1])!;
  assertEquals([span.line, span.column], [1, 7]);
  const [warning] = parseDocument(text).diagnostics;
  assertEquals(warning?.code, "ByteOrderMark");
});
