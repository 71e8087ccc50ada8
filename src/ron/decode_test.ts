import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import {
  any,
  bool,
  decodeDocument,
  decodeRon,
  defaultField,
  enumeration,
  field,
  integer,
  list,
  map,
  newtypeVariant,
  option,
  optionalField,
  parseDocument,
  parseRon,
  RonSyntaxError,
  string,
  struct,
  toSerdeJson,
  tryDecodeRon,
  unitVariant,
} from "./mod.ts";

const Server = struct("Server", {
  name: field(string()),
  port: defaultField(integer("u16"), 80),
  tags: defaultField(list(string()), () => []),
  proxy: optionalField(option(string())),
  mode: field(enumeration("Mode", {
    Fast: unitVariant(),
    Slow: newtypeVariant(integer("u8")),
  })),
});

Deno.test("missing fields take their defaults, each value its own", () => {
  const text = '(name: "a", mode: Fast)';
  const first = decodeRon(text, Server).value;
  const second = decodeRon(text, Server).value;
  assertEquals(first, {
    name: "a",
    port: 80,
    tags: [],
    proxy: undefined,
    mode: { kind: "Fast" },
  });
  assert(first.tags !== second.tags);
});

Deno.test("every given field is decoded, whatever their order", () => {
  const text =
    'Server(mode: Slow(3), proxy: Some("p"), tags: ["x"], port: 0x50, name: r"n")';
  const { value } = decodeRon(text, Server);
  assertEquals(value, {
    name: "n",
    port: 80,
    tags: ["x"],
    proxy: "p",
    mode: { kind: "Slow", value: 3 },
  });
  assertEquals(toSerdeJson(value, Server), {
    name: "n",
    port: 80,
    tags: ["x"],
    proxy: "p",
    mode: { Slow: 3 },
  });
});

Deno.test("an unknown field is a warning that names the field meant", () => {
  const text = '(name: "a", mode: Fast, prot: 1)';
  const { warnings } = decodeRon(text, Server);
  assertEquals(warnings.length, 1);
  const [warning] = warnings;
  assertEquals(warning?.code, "UnknownField");
  assertEquals(warning?.severity, "warning");
  assertEquals(warning?.column, 25);
  assertEquals(warning?.hint, "did you mean `port`?");
});

Deno.test("an unknown field is an error where the shape denies it", () => {
  const Strict = struct("S", { a: field(bool()) }, { denyUnknown: true });
  const error = assertThrows(
    () => decodeRon("(a: true, b: 1)", Strict),
    RonSyntaxError,
  );
  assertEquals(error.code, "NoSuchStructField");
});

Deno.test("a repeated map key is a warning, and the last value wins", () => {
  const { value, warnings } = decodeRon(
    '{"a": 1, "b": 2, "a": 3}',
    map(string(), integer("u8")),
  );
  assertEquals([...value], [["a", 3], ["b", 2]]);
  assertEquals(warnings.map(({ code, column }) => [code, column]), [
    ["DuplicateKey", 18],
  ]);
});

Deno.test("a syntax error says where, what and what to do", () => {
  const text = 'Server(\n    name: "a",\n    mode: Fat,\n)';
  const error = assertThrows(() => decodeRon(text, Server), RonSyntaxError);
  assertInstanceOf(error, SyntaxError);
  assertEquals(error.name, "RonSyntaxError");
  assertEquals(error.code, "NoSuchEnumVariant");
  assertEquals([error.line, error.column], [3, 11]);
  assertEquals(error.offset, text.indexOf("Fat"));
  assertEquals(error.hint, "did you mean `Fast`?");
  assertEquals(
    error.codeFrame,
    "  |\n3 |     mode: Fat,\n  |           ^^^",
  );
});

Deno.test("several errors are found at once, each in its own place", () => {
  const text = `[
    (name: 1, mode: Fast),
    (name: "b", port: 70000, mode: Slow(3)),
    (name: "c" mode: Fast),
    (mode: Fast),
]`;
  const result = tryDecodeRon(text, list(Server));
  assert(!result.ok);
  assertEquals(result.diagnostics.map(({ code, line }) => [code, line]), [
    ["ExpectedString", 2],
    ["IntegerOutOfBounds", 3],
    ["ExpectedComma", 4],
    ["MissingStructField", 5],
  ]);
});

Deno.test("a broken field name does not call the other fields missing", () => {
  const result = tryDecodeRon('("name": "a", mode: Fast)', Server);
  assert(!result.ok);
  assertEquals(result.diagnostics.map(({ code }) => code), [
    "ExpectedIdentifier",
  ]);
});

Deno.test("a parsed document decodes like its text", () => {
  const document = parseDocument('(name: "a", mode: Fast)');
  const result = decodeDocument(document, Server);
  assert(result.ok);
  assertEquals(result.value.name, "a");
  assert(result.document === document);
});

Deno.test("0.8.1 warnings can be switched off", () => {
  const warned = decodeRon("1u8", integer("u8"));
  assertEquals(warned.warnings.map(({ code }) => code), ["LegacyRejects"]);
  const quiet = decodeRon("1u8", integer("u8"), { legacyWarnings: false });
  assertEquals(quiet.warnings, []);
});

Deno.test("a string that 0.8.1 reads differently is pointed at", () => {
  const text = '["plain", "\\xc3\\xa9"]';
  const { value, warnings } = decodeRon(text, list(string()));
  assertEquals(value, ["plain", "é"]);
  assertEquals(warnings.map(({ code, offset }) => [code, offset]), [
    ["LegacyReadsDifferently", text.indexOf('"\\xc3')],
  ]);
});

Deno.test("untyped values keep what the crate's Value keeps", () => {
  assertEquals(parseRon("S(a: 1, b: Some('x'), c: T)"), {
    type: "map",
    entries: [
      [{ type: "string", value: "a" }, {
        type: "number",
        kind: "u8",
        value: 1,
      }],
      [{ type: "string", value: "b" }, {
        type: "option",
        value: { type: "char", value: "x" },
      }],
      [{ type: "string", value: "c" }, { type: "unit" }],
    ],
  });
  assertEquals(decodeRon("18446744073709551615", any()).value, {
    type: "number",
    kind: "u64",
    value: 18446744073709551615n,
  });
});

Deno.test("keys that are equal by value are one key", () => {
  const points = map(list(integer("u8")), string());
  const { value } = decodeRon('{[1]: "a", [2]: "b", [1]: "c"}', points);
  assertEquals([...value.values()], ["c", "b"]);
});
