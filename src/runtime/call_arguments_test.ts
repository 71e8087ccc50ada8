import { assertThrows } from "@std/assert";
import { checkArguments } from "./call_arguments.ts";
import type { WasmNumber } from "./extension.ts";

const accepted: readonly (readonly [string, readonly WasmNumber[]])[] = [
  ["", []],
  ["i32 f32 f64", [1, NaN, -0]],
  ["i64", [2n ** 70n]],
];

for (const [params, args] of accepted) {
  Deno.test(`(${params}) takes ${args.join(", ") || "nothing"}`, () => {
    checkArguments("f", {
      params: params.split(" ").filter(Boolean),
      results: [],
    }, args);
  });
}

const refused:
  readonly (readonly [string, string, readonly unknown[], string])[] = [
    ["i32", "", [], "with 0 arguments: it takes 1 (i32)"],
    ["i32 i64", "", [1], "with 1 argument: it takes 2 (i32, i64)"],
    ["i32", "", [1n], "argument 1: expected a number for i32, got bigint"],
    [
      "f64 i64",
      "",
      [1, 1],
      "argument 2: expected a bigint for i64, got number",
    ],
    ["f64", "", [null], "argument 1: expected a number for f64, got null"],
    ["v128", "", [1], "it has to do with v128"],
    ["externref", "", [1], "it has to do with externref"],
    ["", "i32 v128", [], "it has to do with v128"],
    ["", "(ref null exn)", [], "it has to do with (ref null exn)"],
  ];

for (const [params, results, args, words] of refused) {
  Deno.test(`(${params}) -> (${results}) does not take ${args.length} arguments that say: ${words}`, () => {
    const type = {
      params: params.split(" ").filter(Boolean),
      results: results === ""
        ? []
        : results.startsWith("(")
        ? [results]
        : results.split(" "),
    };
    assertThrows(
      () => checkArguments("f", type, args as readonly WasmNumber[]),
      TypeError,
      words,
    );
  });
}
