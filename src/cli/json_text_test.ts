import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { documentWith, propertyTexts } from "./json_text.ts";

Deno.test("properties have their values as they are written", () => {
  const text = ` { "a" : 1.0, "b":[ 9007199254740993,{"c":"]}"} ] ,
    "\\u0063": "x\\\\\\",", "d": {"a": 1e400 }, "e" : null,"__proto__":-0 }\n`;
  assertEquals([...propertyTexts(text)], [
    ["a", "1.0"],
    ["b", `[ 9007199254740993,{"c":"]}"} ]`],
    ["c", `"x\\\\\\","`],
    ["d", `{"a": 1e400 }`],
    ["e", "null"],
    ["__proto__", "-0"],
  ]);
  assertEquals([...propertyTexts("{}")], []);
});

Deno.test("of properties with one name the last counts, as it does for JSON.parse", () => {
  assertEquals([...propertyTexts(`{"a": 1, "a": [2]}`)], [["a", "[2]"]]);
});

Deno.test("whatever an object is, its properties are found", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(undefined, 1, "\t"),
      (object, space) => {
        const texts = propertyTexts(JSON.stringify(object, null, space));
        assertEquals(
          [...texts].map(([name, text]) => [name, JSON.parse(text)]),
          Object.entries(JSON.parse(JSON.stringify(object))),
        );
      },
    ),
  );
});

Deno.test("a document has a value as it is", () => {
  const text = documentWith({ ok: true, name: "}" }, "result", "[1.0]\n");
  assertEquals(
    text,
    `{\n  "ok": true,\n  "name": "}",\n  "result": [1.0]\n}\n`,
  );
});
