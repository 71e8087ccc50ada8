import { assert, assertEquals } from "@std/assert";
import {
  bool,
  char,
  enumeration,
  field,
  integer,
  list,
  map,
  newtypeVariant,
  option,
  type Schema,
  string,
  struct,
  tryDecodeRon,
  unitVariant,
} from "./mod.ts";

const Reference = enumeration("Reference", {
  Tag: newtypeVariant(string()),
  Digest: newtypeVariant(string()),
});
const Mode = enumeration("Mode", { On: unitVariant(), Off: unitVariant() });
const Point = struct("Point", { x: field(integer("i32")) });
const Settings = struct("Settings", { offline_mode: field(bool()) });

const HINTS:
  readonly (readonly [Schema<unknown>, text: string, hint: string])[] = [
    [option(string()), '"x"', 'wrap it in Some(...): Some("x")'],
    [option(string()), "null", "write `None`"],
    [option(string()), 'Some "x"', 'put the value in parentheses: Some("x")'],
    [option(integer("u8")), "some(1)", "write it with a capital: Some(1)"],
    [Reference, '"v1"', 'use Tag("v1") or Digest("v1")'],
    [Reference, "5", "use Tag(...) or Digest(...)"],
    [Mode, '"On"', "use On or Off"],
    [Reference, 'Tagg("v")', "did you mean `Tag`?"],
    [Reference, 'Tag "v1"', 'put the value in parentheses: Tag("v1")'],
    [Reference, "Tag", "write Tag(...)"],
    [Point, "Pont(x: 1)", "did you mean `Point`?"],
    [Point, "Circle(x: 1)", "change the name, or leave it out"],
    [
      Point,
      "{x: 1}",
      "structs are written with parentheses: Point(field: value)",
    ],
    [Point, '("x": 1)', "write the field name without quotes: x"],
    [Point, "(# note\nx: 1)", "comments start with `//`"],
    [Point, "(x: 1,,)", "remove the extra comma"],
    [Point, "(x:: 1)", "remove the extra colon"],
    [Point, "(1)", "a field is written as `name: value`"],
    [Point, "(x 1)", "a key is followed by `:` and its value"],
    [Point, "(y: 1)", "add `x: ...` before the closing `)`"],
    [
      Settings,
      "(ofline_mode: true)",
      "`ofline_mode` is no field: write `offline_mode`",
    ],
    [
      Settings,
      "(cache: true)",
      "add `offline_mode: ...` before the closing `)`",
    ],
    [Point, "(x: 1, x: 2)", "remove one of the two"],
    [Settings, "(offline-mode: true)", "did you mean `offline_mode`?"],
    [bool(), "False", "write `false`"],
    [bool(), '"yes"', "write `true`"],
    [bool(), "maybe", "write `true` or `false`"],
    [string(), "'x'", 'use double quotes: "..."'],
    [string(), "word", 'put it in double quotes: "word"'],
    [string(), "None", "write a string: it is always there"],
    [string(), 'b"x"', "remove the b: this is text, not bytes"],
    [
      string(),
      '"C:\\work"',
      'write \\\\ for a backslash, or a raw string: r"..."',
    ],
    [
      string(),
      '"a\\\n  b"',
      "a string may run over lines as it is; remove the backslash",
    ],
    [
      char(),
      "'ab'",
      "one character goes between single quotes; text takes double quotes",
    ],
    [integer("u8"), '"1"', "remove the quotes: 1"],
    [integer("u8"), "300", "it must be 0 to 255"],
    [
      integer("u8"),
      "1u16",
      "remove the suffix, or change it to the expected type",
    ],
    [list(string()), '("a")', "lists are written with square brackets: [...]"],
    [list(string()), '["a" "b"]', "add a comma after the value before"],
    [
      map(string(), bool()),
      '["a"]',
      "maps are written with braces: {key: value}",
    ],
    [list(string()), '["a"', "the value is not closed"],
    [list(string()), '["a"]]', "this `]` closes nothing"],
    [bool(), "#![enable(implicitsome)]true", "did you mean `implicit_some`?"],
    [bool(), "true /* x", "close the comment with `*/`"],
  ];

Deno.test("common mistakes are told what to do next", () => {
  for (const [schema, text, hint] of HINTS) {
    const result = tryDecodeRon(text, schema);
    assert(!result.ok, text);
    assertEquals([text, result.diagnostics[0]?.hint], [text, hint]);
  }
});

Deno.test("a quote left open is found at its line, wherever the parser trips", () => {
  const Local = struct("Local", {
    name: field(string()),
    path: field(string()),
  });
  const odd = '(\n    name: "github,\n    path: "./x",\n)';
  const even = '(\n    name: "github,\n    path: "./x,\n)';
  for (const text of [odd, even]) {
    const result = tryDecodeRon(text, Local);
    assert(!result.ok);
    const [first] = result.diagnostics;
    assertEquals(first?.hint, "a quote seems to be left open at line 2");
    assertEquals(first?.related[0]?.line, 2);
  }
});
