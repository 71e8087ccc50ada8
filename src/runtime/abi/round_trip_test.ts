import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bumpMemory } from "./bump_memory_test.ts";
import {
  type AbiType,
  bool,
  bytes,
  enumeration,
  f64,
  liftFunction,
  list,
  lowerFunction,
  option,
  record,
  result,
  s64,
  string,
  u32,
  u64,
  u8,
  variant,
} from "./mod.ts";
import type { CoreValue } from "./type.ts";

/** A type and values of it. */
interface Sample {
  readonly type: AbiType<unknown>;
  readonly value: fc.Arbitrary<unknown>;
}

/** Plain objects, as the host makes them. */
function object(
  fields: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<unknown> {
  return fc.record(fields, { noNullPrototype: true });
}

const LIST_LIMIT = { maxLength: 1000 };

/** A variant as tests see it: the number of the case, and what it holds. */
function numbered(types: readonly AbiType<unknown>[]): AbiType<unknown> {
  return variant<readonly [number, unknown]>({
    cases: types.map((type, i) => ({ name: `case-${i}`, type })),
    caseOf: ([index]) => index,
    contentOf: ([, content]) => content,
    make: (index, content) => [index, content],
  }) as AbiType<unknown>;
}

const leaf: fc.Arbitrary<Sample> = fc.constantFrom<Sample>(
  { type: bool, value: fc.boolean() },
  { type: u8, value: fc.nat(255) },
  { type: u32, value: fc.nat(2 ** 32 - 1) },
  { type: s64, value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: u64, value: fc.bigInt(0n, 2n ** 64n - 1n) },
  { type: f64, value: fc.double() },
  { type: string, value: fc.string({ unit: "grapheme" }) },
  { type: bytes, value: fc.uint8Array() },
  {
    type: enumeration(["a", "b", "c"]),
    value: fc.constantFrom("a", "b", "c"),
  },
);

function containers(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  const several = fc.array(inner, { minLength: 1, maxLength: 5 });
  return fc.oneof(
    inner.map(({ type, value }) => ({
      type: list(type, LIST_LIMIT),
      value: fc.array(value, { maxLength: 5 }),
    })),
    inner.map(({ type, value }) => ({
      type: option(record({ some: type })),
      value: fc.option(object({ some: value }), { nil: undefined }),
    })),
    several.map((fields) => ({
      type: record(Object.fromEntries(
        fields.map(({ type }, i) => [`field${i}`, type]),
      )),
      value: object(Object.fromEntries(
        fields.map(({ value }, i) => [`field${i}`, value]),
      )),
    })),
    several.map((cases) => ({
      type: numbered(cases.map(({ type }) => type)),
      value: fc.oneof(
        ...cases.map(({ value }, i) => fc.tuple(fc.constant(i), value)),
      ),
    })),
    fc.tuple(inner, inner).map(([ok, error]) => ({
      type: result(ok.type, error.type),
      value: fc.oneof(
        object({ ok: fc.constant(true), value: ok.value }),
        object({ ok: fc.constant(false), error: error.value }),
      ),
    })),
  );
}

const sample: fc.Arbitrary<Sample> = fc.oneof(
  { depthSize: "small", maxDepth: 4 },
  leaf,
  containers(leaf),
  containers(containers(leaf)),
  containers(containers(containers(leaf))),
);

const sampleWithValue = sample.chain(({ type, value }) =>
  value.map((each) => ({ type, value: each }))
);

for (const growEach of [false, true]) {
  const how = growEach ? "that grows all the time" : "that stays";
  Deno.test(`what is stored in a memory ${how} is what is loaded`, () => {
    fc.assert(fc.property(sampleWithValue, ({ type, value }) => {
      const { guest, take } = bumpMemory({ growEach });
      const pointer = take(type.size, type.align);
      guest.refresh();
      type.store(guest, pointer, value);
      guest.beginRead();
      assertEquals(type.load(guest, pointer), value);
    }));
  });

  Deno.test(`what is lowered with a memory ${how} is what is lifted`, () => {
    fc.assert(fc.property(sampleWithValue, ({ type, value }) => {
      const { guest } = bumpMemory({ growEach });
      const values: CoreValue[] = [];
      type.lower(guest, value, values);
      assertEquals(
        values.map((each) => typeof each === "bigint"),
        type.flat.map((core) => core === "i64"),
      );
      guest.beginRead();
      const reader = { values, next: 0 };
      assertEquals(type.lift(guest, reader), value);
      assertEquals(reader.next, type.flat.length);
    }));
  });
}

Deno.test("what the host passes to a guest that passes it back is what the host gets", () => {
  fc.assert(fc.property(sampleWithValue, ({ type, value }) => {
    const { guest } = bumpMemory();
    const signature = {
      name: "echo",
      params: record({ value: type }),
      result: type,
    };
    // An imported function says how the result of an exported one would look,
    // but for where it is put.
    const imported = lowerFunction(
      signature,
      () => guest,
      (given) => given.value,
    );
    const { take } = { take: () => guest.allocate(type.size, type.align) };
    const target = (...values: CoreValue[]): unknown => {
      if (type.flat.length <= 1) return imported(...values);
      const place = take();
      imported(...values, place);
      return place;
    };
    const echo = liftFunction(signature, { memory: guest, target });
    assertEquals(echo({ value }), value);
  }));
});

Deno.test("a lone surrogate arrives as the replacement character", () => {
  const { guest } = bumpMemory();
  for (
    const [text, expected] of [
      ["\ud800", "\ufffd"],
      ["a\udc00b", "a\ufffdb"],
      ["\ud83d\ud83d\ude00", "\ufffd😀"],
      ["x".repeat(40) + "\udbff", "x".repeat(40) + "\ufffd"],
    ]
  ) {
    const flat: CoreValue[] = [];
    string.lower(guest, text ?? "", flat);
    guest.beginRead();
    assertEquals(string.lift(guest, { values: flat, next: 0 }), expected);
  }
});
