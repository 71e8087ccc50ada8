import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  any,
  applyEdits,
  array,
  bigInteger,
  bool,
  bytes,
  char,
  decodeRon,
  documentText,
  encodeRon,
  enumeration,
  field,
  float,
  formatRon,
  insertValue,
  integer,
  list,
  map,
  newtype,
  newtypeVariant,
  option,
  parseDocument,
  parseRon,
  removeValue,
  type RonPath,
  type RonValue,
  setValue,
  spanOf,
  string,
  stringifyRon,
  struct,
  structVariant,
  tuple,
  tupleStruct,
  tupleVariant,
  unit,
  unitStruct,
  unitVariant,
} from "./mod.ts";
import { narrowest } from "./floats.ts";
import { smallestKind } from "./integer_kinds.ts";
import { EntryCollector } from "./value.ts";

const RUNS = { numRuns: 300 };
/** Objects as literals make them. */
const PLAIN = { noNullPrototype: true } as const;

const scalarChar = fc.string({ unit: "binary", minLength: 1, maxLength: 1 });

function numberOf(value: bigint): RonValue {
  const small = Number(value);
  const exact = Number.isSafeInteger(small) ? small : value;
  const kind = smallestKind(exact, value < 0n);
  return { type: "number", kind, value: exact };
}

const number: fc.Arbitrary<RonValue> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(numberOf),
  fc.double().map((value): RonValue => ({
    type: "number",
    kind: narrowest(value),
    value,
  })),
  fc.float().map((value): RonValue => ({ type: "number", kind: "f64", value })),
  fc.integer({ min: 0, max: 127 }).chain((value) =>
    fc.constantFrom("i8", "u8", "i16", "u32", "i64", "u64").map((
      kind,
    ): RonValue => ({ type: "number", kind, value }))
  ),
);

const { value: anyValue } = fc.letrec<{ value: RonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.boolean().map((value): RonValue => ({ type: "bool", value })),
    fc.string({ unit: "binary" }).map((value): RonValue => ({
      type: "string",
      value,
    })),
    scalarChar.map((value): RonValue => ({ type: "char", value })),
    fc.uint8Array({ maxLength: 8 }).map((value): RonValue => ({
      type: "bytes",
      value,
    })),
    number,
    fc.constant<RonValue>({ type: "unit" }),
    fc.constant<RonValue>({ type: "option" }),
    tie("value").map((value): RonValue => ({ type: "option", value })),
    fc.array(tie("value"), { maxLength: 5 }).map((items): RonValue => ({
      type: "seq",
      items,
    })),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 10 }).map(
      (entries): RonValue => {
        const collector = new EntryCollector();
        for (const [key, value] of entries) collector.add(key, value);
        return { type: "map", entries: collector.entries };
      },
    ),
  ),
}));

Deno.test("parsing what stringify wrote gives the same value", () => {
  fc.assert(
    fc.property(
      anyValue,
      fc.record({
        indent: fc.constantFrom(0, 2, 4),
        lineWidth: fc.constantFrom(1, 40, 80),
        trailingComma: fc.boolean(),
      }),
      (value, options) => {
        assertEquals(parseRon(stringifyRon(value, options)), value);
      },
    ),
    RUNS,
  );
});

Deno.test("formatting what stringify wrote keeps the value and settles at once", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const formatted = formatRon(stringifyRon(value));
      assertEquals(parseRon(formatted), value);
      assertEquals(formatRon(formatted), formatted);
    }),
    RUNS,
  );
});

const Shape = struct("Shape", {
  flag: field(bool()),
  text: field(string()),
  letter: field(char()),
  raw: field(bytes()),
  small: field(integer("i8")),
  large: field(bigInteger("u64")),
  single: field(float("f32")),
  double: field(float("f64")),
  maybe: field(option(integer("u16"))),
  items: field(list(string())),
  table: field(map(string(), integer("u8"))),
  both: field(tuple(integer("u8"), bool())),
  three: field(array(bool(), 3)),
  pair: field(tupleStruct("Pair", string(), integer("i32"))),
  wrapped: field(newtype("Wrapped", string())),
  nothing: field(unit()),
  marker: field(unitStruct("Marker")),
  variant: field(enumeration("Variant", {
    A: unitVariant(),
    B: newtypeVariant(option(string())),
    C: tupleVariant(bool(), string()),
    D: structVariant({ x: field(integer("u8")) }),
  })),
  rest: field(any()),
});

const unicode = fc.string({ unit: "binary" });
const byte = fc.integer({ min: 0, max: 255 });

const shape = fc.record({
  flag: fc.boolean(),
  text: unicode,
  letter: scalarChar,
  raw: fc.uint8Array(),
  small: fc.integer({ min: -128, max: 127 }),
  large: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  single: fc.float(),
  double: fc.double(),
  maybe: fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined }),
  items: fc.array(unicode),
  table: fc.array(fc.tuple(unicode, byte)).map((each) => new Map(each)),
  both: fc.tuple(byte, fc.boolean()),
  three: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  pair: fc.tuple(unicode, fc.integer()),
  wrapped: unicode,
  nothing: fc.constant(null),
  marker: fc.constant(null),
  variant: fc.oneof(
    fc.constant({ kind: "A" } as const),
    fc.record({
      kind: fc.constant("B" as const),
      value: fc.option(unicode, { nil: undefined }),
    }, PLAIN),
    fc.record({
      kind: fc.constant("C" as const),
      value: fc.tuple(fc.boolean(), unicode),
    }, PLAIN),
    fc.record({
      kind: fc.constant("D" as const),
      value: fc.record({ x: byte }, PLAIN),
    }, PLAIN),
  ),
  rest: anyValue,
}, PLAIN);

Deno.test("decoding what encode wrote gives the same typed value", () => {
  fc.assert(
    fc.property(
      shape,
      fc.boolean(),
      fc.constantFrom(0, 4),
      (value, structNames, indent) => {
        const text = encodeRon(value, Shape, { structNames, indent });
        assertEquals<unknown>(decodeRon(text, Shape).value, value);
      },
    ),
    RUNS,
  );
});

Deno.test("the tree of any string is that string", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.constantFrom(
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ":",
      ",",
      '"',
      "'",
      "//",
      "/*",
      "*/",
    ),
    fc.constantFrom(
      'r#"',
      '"#',
      'b"',
      "b'",
      "\\",
      "#![",
      "..",
      "Some(",
      "1.5",
      "\n",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const document = parseDocument(text);
      assertEquals(documentText(document), text);
      for (const { offset, length } of document.diagnostics) {
        assert(offset >= 0 && offset + length <= text.length);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Trivia that may stand between any two tokens. */
const trivia = fc.constantFrom(
  "",
  " ",
  "\n",
  " // c\n",
  "/* c */",
  "\t/*/**/*/ ",
);

/** A list of structs, written with random trivia and commas. */
const listing = fc.record({
  count: fc.integer({ min: 1, max: 5 }),
  gaps: fc.array(trivia, { minLength: 40, maxLength: 40 }),
  trailing: fc.boolean(),
}).map(({ count, gaps, trailing }) => {
  let next = 0;
  const gap = (): string => gaps[next++ % gaps.length]!;
  const items = Array.from(
    { length: count },
    (_, index) =>
      `${gap()}(${gap()}id${gap()}:${gap()}${index}${gap()},${gap()}tag:${gap()}"t"${gap()})${gap()}`,
  );
  const comma = trailing ? "," : "";
  return {
    count,
    text: `${gap()}[${items.join(",")}${comma}${gap()}]${gap()}`,
  };
});

function ids(text: string): (bigint | number)[] {
  const Item = struct("Item", { id: field(integer("u8")) });
  return decodeRon(text, list(Item)).value.map(({ id }) => id);
}

function commentCount(text: string): number {
  return text.split("/* c */").length + text.split("// c").length +
    text.split("/*/**/*/").length;
}

Deno.test("set changes its span and nothing else", () => {
  fc.assert(
    fc.property(listing, fc.nat(), ({ count, text }, seed) => {
      const document = parseDocument(text);
      const path: RonPath = [seed % count, "id"];
      const { offset, length } = spanOf(document, path)!;
      const edited = applyEdits(text, setValue(document, path, "77"));
      assertEquals(
        edited,
        text.slice(0, offset) + "77" + text.slice(offset + length),
      );
    }),
    RUNS,
  );
});

Deno.test("remove takes one element and no comment outside it", () => {
  fc.assert(
    fc.property(listing, fc.nat(), ({ count, text }, seed) => {
      const index = seed % count;
      const document = parseDocument(text);
      const span = spanOf(document, [index])!;
      const inside = text.slice(span.offset, span.offset + span.length);
      const edited = applyEdits(text, removeValue(document, [index]));
      const expected = ids(text).filter((id) => id !== index);
      assertEquals(ids(edited), expected);
      assertEquals(
        commentCount(edited),
        commentCount(text) - commentCount(inside) + commentCount(""),
      );
    }),
    RUNS,
  );
});

Deno.test("insert puts one element in its place and loses nothing", () => {
  fc.assert(
    fc.property(listing, fc.nat(), ({ count, text }, seed) => {
      const index = seed % (count + 1);
      const document = parseDocument(text);
      const edits = insertValue(document, [index], "(\n    id: 99,\n)");
      const edited = applyEdits(text, edits);
      const expected = ids(text);
      expected.splice(index, 0, 99);
      assertEquals(ids(edited), expected);
      assert(edits.every(({ length }) => length === 0));
    }),
    RUNS,
  );
});
