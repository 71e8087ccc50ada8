import { assertEquals } from "@std/assert";
import {
  type AbiType,
  bool,
  enumeration,
  exportSignature,
  f64,
  importSignature,
  list,
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

const NO_LIMIT = { maxLength: Infinity };

function choice(...types: readonly (AbiType<unknown> | undefined)[]) {
  return variant<number>({
    cases: types.map((type, i) => ({ name: `${i}`, type })),
    caseOf: (value) => value,
    contentOf: (value) => value,
    make: (index) => index,
  });
}

/** Type, size, alignment, core values: by the rules of CanonicalABI.md. */
const LAYOUTS: readonly [string, AbiType<unknown>, number, number, string][] = [
  ["bool", bool, 1, 1, "i32"],
  ["u64", u64, 8, 8, "i64"],
  ["string", string, 8, 4, "i32 i32"],
  ["list", list(u8, NO_LIMIT), 8, 4, "i32 i32"],
  [
    "a record with holes",
    record({ a: u8, b: s64, c: u8 }),
    24,
    8,
    "i32 i64 i32",
  ],
  ["an empty record", record({}), 0, 1, ""],
  ["an option of a number", option(u64), 16, 8, "i32 i64"],
  ["an option of text", option(string), 12, 4, "i32 i32 i32"],
  ["a result without value", result(undefined, string), 12, 4, "i32 i32 i32"],
  [
    "a choice of an integer and text",
    choice(s64, string),
    16,
    8,
    "i32 i64 i32",
  ],
  ["a choice of numbers", choice(u32, f64), 16, 8, "i32 i64"],
  ["an enum of 256", enumeration(many(256)), 1, 1, "i32"],
  ["an enum of 257", enumeration(many(257)), 2, 2, "i32"],
  ["a choice of nothing", choice(undefined, undefined), 1, 1, "i32"],
];

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `case-${i}`);
}

for (const [name, type, size, align, flat] of LAYOUTS) {
  Deno.test(`${name} has the size, the alignment and the core values that it must have`, () => {
    assertEquals([type.size, type.align, type.flat.join(" ")], [
      size,
      align,
      flat,
    ]);
  });
}

function signatureOf(fields: number, result: AbiType<unknown> | undefined) {
  const names = Array.from({ length: fields }, (_, i) => [`f${i}`, u32]);
  return { name: "f", params: record(Object.fromEntries(names)), result };
}

Deno.test("sixteen core parameters are passed as they are, seventeen through memory", () => {
  const sixteen = Array<"i32">(16).fill("i32");
  assertEquals(exportSignature(signatureOf(16, undefined)), {
    params: sixteen,
    results: [],
  });
  assertEquals(exportSignature(signatureOf(17, undefined)), {
    params: ["i32"],
    results: [],
  });
  assertEquals(importSignature(signatureOf(17, u32)), {
    params: ["i32"],
    results: ["i32"],
  });
});

Deno.test("a result of several core values comes back by pointer, or goes to one", () => {
  assertEquals(exportSignature(signatureOf(1, string)), {
    params: ["i32"],
    results: ["i32"],
  });
  assertEquals(importSignature(signatureOf(1, string)), {
    params: ["i32", "i32"],
    results: [],
  });
  assertEquals(importSignature(signatureOf(1, f64)), {
    params: ["i32"],
    results: ["f64"],
  });
});
