import { assertEquals, assertThrows } from "@std/assert";
import { formatRon, RonSyntaxError } from "./mod.ts";

const CASES:
  readonly (readonly [name: string, before: string, after: string])[] = [
    ["spaces", "( a :1,b:[ 2,3 , ] )", "(a: 1, b: [2, 3])\n"],
    ["names", "Point  ( x:1 )", "Point(x: 1)\n"],
    ["empty brackets", "([ ],{ },( ),(),T( ))", "([], {}, ( ), (), T())\n"],
    ["source broken after the bracket", "[\n1,2]", "[\n    1,\n    2,\n]\n"],
    ["spelling", '[0xFF, 1_000, r#"a"#]', '[0xFF, 1_000, r#"a"#]\n'],
    [
      "attributes",
      "#![ enable ( implicit_some , ) ]  // why\n\n\n\nNone",
      "#![enable(implicit_some)] // why\n\nNone\n",
    ],
    [
      "comments",
      "(// a\n b: 1, // c\n\n\n // d\n /* e */ f: 2 /* g */,\n)",
      "(\n    // a\n    b: 1, // c\n\n    // d\n    /* e */ f: 2, /* g */\n)\n",
    ],
    [
      "comments in odd places",
      "(a /*1*/ : /*2*/ T /*3*/ ( 1 ))",
      "(a /*1*/: /*2*/ T /*3*/ (1))\n",
    ],
    ["line ends", "(\r\na:1)\r\n", "(\r\n    a: 1,\r\n)\r\n"],
    ["text around", "// head\n1\n// tail", "// head\n1\n// tail\n"],
    ["byte order mark", "\ufeff1", "1\n"],
    [
      "bare Some",
      "#![enable(implicit_some)](a:Some  1)",
      "#![enable(implicit_some)]\n(a: Some 1)\n",
    ],
  ];

Deno.test("texts are formatted, and formatting again changes nothing", () => {
  for (const [name, before, after] of CASES) {
    assertEquals([name, formatRon(before)], [name, after]);
    assertEquals([name, formatRon(after)], [name, after]);
  }
});

Deno.test("lines that would be too long are broken", () => {
  const text = `(name: "${"n".repeat(40)}", image: "${"i".repeat(40)}")`;
  assertEquals(
    formatRon(text),
    `(\n    name: "${"n".repeat(40)}",\n    image: "${"i".repeat(40)}",\n)\n`,
  );
  assertEquals(formatRon(text, { lineWidth: 200 }), text + "\n");
});

Deno.test("indentation and trailing commas can be chosen", () => {
  const options = { indent: 2, trailingComma: false };
  assertEquals(formatRon("[\n1,2,]", options), "[\n  1,\n  2\n]\n");
});

Deno.test("a text that is not RON is not touched", () => {
  const error = assertThrows(() => formatRon("[1 2]"), RonSyntaxError);
  assertEquals(error.code, "ExpectedComma");
});
