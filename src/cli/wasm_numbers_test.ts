import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { parseWasmNumbers } from "./wasm_numbers.ts";

const accepted: readonly (readonly [string, string, number | bigint])[] = [
  ["i32", "0", 0],
  ["i32", "42", 42],
  ["i32", "+42", 42],
  ["i32", "-1", -1],
  ["i32", "0xff", 255],
  ["i32", "-0x1", -1],
  ["i32", "2147483647", 2147483647],
  ["i32", "-2147483648", -2147483648],
  ["i32", "4294967295", -1],
  ["i64", "9007199254740993", 9007199254740993n],
  ["i64", "-9223372036854775808", -(2n ** 63n)],
  ["i64", "18446744073709551615", 2n ** 64n - 1n],
  ["f64", "0.5", 0.5],
  ["f64", "-1e3", -1000],
  ["f64", "Infinity", Infinity],
  ["f64", "NaN", NaN],
  ["f32", "1", 1],
];

for (const [type, text, value] of accepted) {
  Deno.test(`"${text}" is a number for ${type}`, () => {
    assertEquals(parseWasmNumbers("f of x", [type], [text]), [value]);
  });
}

const refused: readonly (readonly [string, string, string])[] = [
  ["i32", "", "not an integer"],
  ["i32", "one", "not an integer"],
  ["i32", "1.5", "not an integer"],
  ["i32", "1e3", "not an integer"],
  ["i32", "4294967296", "out of the range of i32"],
  ["i32", "-2147483649", "out of the range of i32"],
  ["i64", "18446744073709551616", "out of the range of i64"],
  ["i64", "-9223372036854775809", "out of the range of i64"],
  ["i64", "0x", "not an integer"],
  ["f64", "", "not a number"],
  ["f64", " ", "not a number"],
  ["f64", "much", "not a number"],
  ["externref", "1", "only numbers can be passed"],
  ["v128", "1", "only numbers can be passed"],
];

for (const [type, text, reason] of refused) {
  Deno.test(`"${text}" is refused for ${type}: ${reason}`, () => {
    const error = assertThrows(
      () => parseWasmNumbers("f of x", [type], [text]),
      ForgeError,
      reason,
    );
    assertEquals(error.code, "USAGE");
  });
}

Deno.test("too few and too many arguments are refused with the parameters", () => {
  for (const given of [[], ["1"], ["1", "2", "3"]]) {
    const error = assertThrows(
      () => parseWasmNumbers("add of notes", ["i32", "i64"], given),
      ForgeError,
      "it takes 2",
    );
    assertEquals(error.hint, "Its parameters are (i32, i64)");
  }
});
