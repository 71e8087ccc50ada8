import { assertEquals, assertThrows } from "@std/assert";
import {
  any,
  bigInteger,
  decodeRon,
  float,
  integer,
  RonSyntaxError,
} from "./mod.ts";

const ACCEPTED:
  readonly (readonly [text: string, kind: string, value: number | bigint])[] = [
    ["0", "u8", 0],
    ["-0", "i8", 0],
    ["+300", "u16", 300],
    ["-129", "i16", -129],
    ["0xFF", "u8", 255],
    ["1_000_000", "u32", 1000000],
    ["9007199254740993", "u64", 9007199254740993n],
    ["-9223372036854775808", "i64", -9223372036854775808n],
    ["1i64", "i64", 1],
    ["b'a'", "u8", 97],
    ["18446744073709551616", "f32", 18446744073709551616],
    ["1.", "f32", 1],
    [".5", "f32", 0.5],
    ["1e_5", "f32", 100000],
    ["0.1", "f64", 0.1],
    ["1.5f64", "f64", 1.5],
    ["1e400", "f32", Infinity],
    ["-inff64", "f64", -Infinity],
    ["-0.0", "f32", -0],
  ];

Deno.test("numbers take the narrowest type and keep every digit", () => {
  for (const [text, kind, value] of ACCEPTED) {
    const found: unknown = decodeRon(text, any()).value;
    assertEquals(found, { type: "number", kind, value });
  }
});

const REFUSED: readonly (readonly [text: string, code: string])[] = [
  ["0x", "ExpectedInteger"],
  ["0x_f", "UnderscoreAtBeginning"],
  ["0b12", "InvalidIntegerDigit"],
  ["256u8", "IntegerOutOfBounds"],
  ["1._5", "FloatUnderscore"],
  [".", "ExpectedFloat"],
  ["1e", "InvalidIntegerDigit"],
  ["b'é'", "ExpectedByteLiteral"],
  ["- 1", "ExpectedInteger"],
];

Deno.test("numbers that are none are refused by name", () => {
  for (const [text, code] of REFUSED) {
    const error = assertThrows(() => decodeRon(text, any()), RonSyntaxError);
    assertEquals([text, error.code], [text, code]);
  }
});

Deno.test("typed integers hold their whole range and nothing more", () => {
  assertEquals(decodeRon("-128", integer("i8")).value, -128);
  assertEquals(
    decodeRon("18446744073709551615", bigInteger("u64")).value,
    18446744073709551615n,
  );
  const error = assertThrows(
    () => decodeRon("-129", integer("i8")),
    RonSyntaxError,
  );
  assertEquals(error.code, "IntegerOutOfBounds");
  assertEquals(error.hint, "it must be -128 to 127");
});

Deno.test("32-bit floats are rounded once, at ties too", () => {
  const f32 = (text: string): number => decodeRon(text, float("f32")).value;
  // Halfway between 1 and the next float is 1 + 2^-24; ties go to even.
  const tie = "1.000000059604644775390625";
  assertEquals(f32(tie), 1);
  assertEquals(f32(tie + "0".repeat(300) + "1"), 1.0000001192092896);
  assertEquals(f32("1.00000005960464477539062" + "4".repeat(50)), 1);
  assertEquals(
    f32("340282356779733661637539395458142568447"),
    3.4028234663852886e38,
  );
  assertEquals(f32("340282356779733661637539395458142568448"), Infinity);
  assertEquals(f32("1e55"), Infinity);
  assertEquals(f32("1e-46"), 0);
});
