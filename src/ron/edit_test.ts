import { assertEquals, assertThrows } from "@std/assert";
import {
  applyEdits,
  insertValue,
  parseDocument,
  removeValue,
  RonEditError,
  type RonPath,
  setValue,
} from "./mod.ts";

const TEXT = `Config(
    oci: [
        // pinned
        (name: "a", reference: Tag("v1")), // bump me
        (name: "b")  // last
    ],
    local: [],
    auth: {"ghcr.io": Auth(user: Some("u"))},
    empty: [
        // nothing yet
    ],
    settings: (), tail: [1, 2, 3,],
)
`;

/** The lines that an edit takes out and puts in. */
function changed(after: string): readonly [out: string[], put: string[]] {
  const before = TEXT.split("\n");
  const lines = after.split("\n");
  return [
    before.filter((line) => !lines.includes(line)),
    lines.filter((line) => !before.includes(line)),
  ];
}

const document = parseDocument(TEXT);

function set(path: RonPath, source: string): ReturnType<typeof changed> {
  return changed(applyEdits(TEXT, setValue(document, path, source)));
}

function insert(path: RonPath, source: string): ReturnType<typeof changed> {
  return changed(applyEdits(TEXT, insertValue(document, path, source)));
}

function remove(path: RonPath): ReturnType<typeof changed> {
  return changed(applyEdits(TEXT, removeValue(document, path)));
}

Deno.test("set replaces a value and nothing beside it", () => {
  assertEquals(set(["oci", 0, "reference", "value"], '"v2"'), [
    ['        (name: "a", reference: Tag("v1")), // bump me'],
    ['        (name: "a", reference: Tag("v2")), // bump me'],
  ]);
  assertEquals(set(["auth", "ghcr.io", "user"], "None")[1], [
    '    auth: {"ghcr.io": Auth(user: None)},',
  ]);
});

Deno.test("set adds what is not there yet", () => {
  assertEquals(set(["settings", "offline"], "true")[1], [
    "    settings: (offline: true), tail: [1, 2, 3,],",
  ]);
  assertEquals(set(["auth", "quay.io"], "()")[1], [
    '    auth: {"ghcr.io": Auth(user: Some("u")), "quay.io": ()},',
  ]);
  assertEquals(set(["oci", 1, "odd-name"], "1")[1], [
    '        (name: "b", r#odd-name: 1)  // last',
  ]);
});

Deno.test("insert keeps commas, comments and margins as they are", () => {
  assertEquals(insert(["oci", 2], '(\n    name: "c",\n)'), [
    ['        (name: "b")  // last'],
    [
      '        (name: "b"),  // last',
      "        (",
      '            name: "c",',
      "        )",
    ],
  ]);
  assertEquals(insert(["oci", 1], '(name: "c")'), [
    [],
    ['        (name: "c"),'],
  ]);
  assertEquals(insert(["tail", 3], "4")[1], [
    "    settings: (), tail: [1, 2, 3, 4,],",
  ]);
  assertEquals(insert(["tail", 0], "0")[1], [
    "    settings: (), tail: [0, 1, 2, 3,],",
  ]);
  assertEquals(insert(["local", 0], "1")[1], ["    local: [1],"]);
  assertEquals(insert(["empty", 0], "1"), [[], ["        1,"]]);
});

Deno.test("the first element goes before its neighbour's comment", () => {
  const after = applyEdits(TEXT, insertValue(document, ["oci", 0], "0"));
  assertEquals(after.includes("oci: [\n        0,\n        // pinned\n"), true);
});

Deno.test("remove takes the comma along and leaves comments", () => {
  assertEquals(remove(["oci", 0]), [
    ['        (name: "a", reference: Tag("v1")), // bump me'],
    ["        // bump me"],
  ]);
  assertEquals(remove(["oci", 1])[1], [
    '        (name: "a", reference: Tag("v1")) // bump me',
    "        // last",
  ]);
  assertEquals(remove(["tail", 1])[1], ["    settings: (), tail: [1, 3,],"]);
  assertEquals(remove(["tail", 2])[1], ["    settings: (), tail: [1, 2,],"]);
  assertEquals(remove(["oci", 0, "name"])[1], [
    '        (reference: Tag("v1")), // bump me',
  ]);
  assertEquals(remove(["oci", 0, "reference"])[1], [
    '        (name: "a"), // bump me',
  ]);
  assertEquals(remove(["auth", "ghcr.io"])[1], ["    auth: {},"]);
  assertEquals(remove(["local"]), [["    local: [],"], []]);
});

Deno.test("line ends of the text are used for new lines", () => {
  const text = "(\r\n    a: [\r\n        1,\r\n    ],\r\n)\r\n";
  const edits = insertValue(parseDocument(text), ["a", 1], "[\n    2,\n]");
  assertEquals(
    applyEdits(text, edits),
    "(\r\n    a: [\r\n        1,\r\n        [\r\n            2,\r\n        ],\r\n    ],\r\n)\r\n",
  );
});

Deno.test("what cannot be edited is refused by name", () => {
  const refused: readonly (readonly [code: string, act: () => unknown])[] = [
    ["NotFound", () => removeValue(document, ["nowhere"])],
    ["NotFound", () => insertValue(document, ["nowhere", 0], "1")],
    ["NotFound", () => insertValue(document, ["oci", 7], "1")],
    ["NotAContainer", () => removeValue(document, [])],
    ["NotAContainer", () => setValue(document, ["oci", 0, "name", "x"], "1")],
    ["AlreadyThere", () => insertValue(document, ["local"], "1")],
    ["BadSource", () => setValue(document, ["local"], "[1")],
    ["BadSource", () => setValue(document, ["local"], "1, 2")],
    ["BadSource", () => setValue(document, ["local"], "1 // x")],
    ["BadSource", () => setValue(document, ["local"], "")],
  ];
  for (const [code, act] of refused) {
    const error = assertThrows(act, RonEditError);
    assertEquals(error.code, code);
  }
});

Deno.test("edits that overlap or leave the text are refused", () => {
  assertThrows(
    () =>
      applyEdits("abc", [
        { offset: 0, length: 2, text: "" },
        { offset: 1, length: 1, text: "" },
      ]),
    RangeError,
  );
  assertThrows(
    () => applyEdits("abc", [{ offset: 2, length: 2, text: "" }]),
    RangeError,
  );
});
