/**
 * Numbers for an exported function, looked at before it is called.
 *
 * The engine would refuse them as well, but only inside the instance, where
 * nothing tells a mistake of the program from one of the host.
 *
 * @module
 */

import type { WasmFunctionType } from "../wasm/mod.ts";
import type { WasmNumber } from "./extension.ts";

/** What JavaScript has for each type of number. */
const EXPECTED: Readonly<Record<string, "number" | "bigint">> = {
  i32: "number",
  i64: "bigint",
  f32: "number",
  f64: "number",
};

/** Types that no value of JavaScript can be (WebAssembly JavaScript Interface, `ToJSValue`). */
const NEVER_GIVEN = /^(?:v128|(?:null)?exnref|\(ref (?:null )?(?:no)?exn\))$/;

/**
 * Looks at the arguments of a call.
 *
 * @throws {TypeError} When there are too few or too many, or one is of another
 * type; when the function takes or gives what is no number.
 */
export function checkArguments(
  name: string,
  { params, results }: WasmFunctionType,
  args: readonly WasmNumber[],
): void {
  const unknown = params.find((type) => EXPECTED[type] === undefined) ??
    results.find((type) => NEVER_GIVEN.test(type));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot call ${name}: it has to do with ${unknown}, and only numbers can be passed`,
    );
  }
  if (args.length !== params.length) {
    const count = args.length === 1 ? "1 argument" : `${args.length} arguments`;
    throw new TypeError(
      `Cannot call ${name} with ${count}: it takes ${params.length} (${
        params.join(", ")
      })`,
    );
  }
  params.forEach((type, i) => {
    const found = args[i] === null ? "null" : typeof args[i];
    if (found === EXPECTED[type]) return;
    throw new TypeError(
      `Cannot call ${name}: argument ${i + 1}: expected a ${
        EXPECTED[type]
      } for ${type}, got ${found}`,
    );
  });
}
