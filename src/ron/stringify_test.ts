import { assertEquals, assertThrows } from "@std/assert";
import {
  encodeRon,
  enumeration,
  field,
  integer,
  list,
  map,
  newtype,
  newtypeVariant,
  option,
  parseRon,
  string,
  stringifyRon,
  struct,
  structVariant,
  tuple,
  tupleVariant,
  unitStruct,
  unitVariant,
} from "./mod.ts";

Deno.test("untyped values are written in full", () => {
  const text =
    'S(a: [1, -2, 1.5, 0.1, 1i64, inf, "q\\"\\n", \'x\', b"\\xff"], b: Some(()))';
  assertEquals(
    stringifyRon(parseRon(text), { indent: 0 }),
    '{"a": [1, -2, 1.5, 0.1, 1i64, inf, "q\\"\\n", \'x\', b"\\xff"], "b": Some(())}',
  );
});

Deno.test("long values are written over several lines", () => {
  const value = parseRon(
    `{"first": ["${"a".repeat(50)}", "${"b".repeat(50)}"]}`,
  );
  assertEquals(
    stringifyRon(value, { indent: 2 }),
    `{\n  "first": [\n    "${"a".repeat(50)}",\n    "${
      "b".repeat(50)
    }",\n  ],\n}`,
  );
});

const Kind = enumeration("Kind", {
  A: unitVariant(),
  B: newtypeVariant(string()),
  C: tupleVariant(integer("u8"), integer("u8")),
  D: structVariant({ x: field(integer("u8")) }),
});
const Thing = struct("Thing", {
  kinds: field(list(Kind)),
  "odd-name": field(option(integer("u8"))),
  pair: field(tuple(integer("u8"), string())),
  wrapped: field(newtype("Wrapped", integer("u8"))),
  unit: field(unitStruct("Unit")),
  byName: field(map(string(), integer("u8"))),
});

Deno.test("typed values are written as their schema reads them", () => {
  const value = {
    kinds: [
      { kind: "A" },
      { kind: "B", value: "v" },
      { kind: "C", value: [1, 2] },
      { kind: "D", value: { x: 3 } },
    ],
    "odd-name": 4,
    pair: [5, "p"],
    wrapped: 6,
    unit: null,
    byName: new Map([["k", 7]]),
  } as const;
  assertEquals(
    encodeRon(value, Thing, { indent: 0 }),
    'Thing(kinds: [A, B("v"), C(1, 2), D(x: 3)], r#odd-name: Some(4), ' +
      'pair: (5, "p"), wrapped: Wrapped(6), unit: Unit, byName: {"k": 7})',
  );
  assertEquals(
    encodeRon({ ...value, "odd-name": undefined }, Thing, {
      indent: 0,
      structNames: false,
    }),
    '(kinds: [A, B("v"), C(1, 2), D(x: 3)], ' +
      'pair: (5, "p"), wrapped: (6), unit: (), byName: {"k": 7})',
  );
});

Deno.test("a variant that the enum does not have is not written", () => {
  assertThrows(() => encodeRon({ kind: "Z" } as never, Kind), TypeError);
});
