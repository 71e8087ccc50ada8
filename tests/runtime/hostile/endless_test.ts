/** Extensions that do not come to an end by themselves. */

import { guest, type GuestParts } from "./guest.ts";
import { type Attack, testAttacks } from "./contained.ts";

const SPIN = "(loop $forever (br $forever)) (unreachable)";

/** Calls itself, or others, in the body of `resolve-field`. */
const RESOLVE: readonly (readonly [string, GuestParts, Attack["code"]])[] = [
  ["an infinite loop", { resolve: SPIN }, "EXTENSION_OUT_OF_FUEL"],
  [
    "a loop through the arms of a br_table",
    {
      resolve:
        "(loop $a (loop $b (br_table $a $b $a (local.get $request)))) (unreachable)",
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "recursion without an end",
    { resolve: "(call $resolve (local.get $request))" },
    "EXTENSION_OUT_OF_STACK",
  ],
  [
    "recursion through a table",
    {
      extra: `(type $same (func (param i32) (result i32)))
        (table funcref (elem $resolve))`,
      resolve:
        "(call_indirect (type $same) (local.get $request) (i32.const 0))",
    },
    "EXTENSION_OUT_OF_STACK",
  ],
  [
    "recursion with large frames",
    {
      extra: `(func $deep (param i32) (result i32) (local ${
        "i64 ".repeat(2000)
      })
        ${
        Array.from(
          { length: 2000 },
          (_, i) => `(local.set ${i + 1} (i64.extend_i32_u (local.get 0)))`,
        ).join("\n")
      }
        (drop (call $deep (i32.add (local.get 0) (i32.const 1))))
        ${
        Array.from(
          { length: 2000 },
          (_, i) => `(local.set 0 (i32.wrap_i64 (local.get ${i + 1})))`,
        ).join("\n")
      }
        (local.get 0))`,
      resolve: "(call $deep (local.get $request))",
    },
    "EXTENSION_OUT_OF_STACK",
  ],
  [
    "a cycle of tail calls",
    {
      extra: "(func $turn (result i32) (return_call $turn))",
      resolve: "(call $turn)",
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "recursion that branches forty deep",
    {
      extra: `(func $fork (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (i32.add
          (call $fork (i32.sub (local.get 0) (i32.const 1)))
          (call $fork (i32.sub (local.get 0) (i32.const 1)))))`,
      resolve: "(call $fork (i32.const 40))",
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "a small function called in a loop",
    {
      extra: "(func $nothing)",
      resolve: "(loop $forever (call $nothing) (br $forever)) (unreachable)",
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "filling memory again and again",
    {
      memory: '(memory $memory (export "memory") 256)',
      resolve: `(loop $forever
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000))
        (br $forever)) (unreachable)`,
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "copying memory again and again",
    {
      memory: '(memory $memory (export "memory") 256)',
      resolve: `(loop $forever
        (memory.copy (i32.const 1) (i32.const 0) (i32.const 0xffffff))
        (br $forever)) (unreachable)`,
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "filling a table again and again",
    {
      extra: "(table $t 100000 funcref)",
      resolve: `(loop $forever
        (table.fill $t (i32.const 0) (ref.null func) (i32.const 100000))
        (br $forever)) (unreachable)`,
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "a loop that catches every exception",
    {
      extra: "(tag $e)",
      resolve: `(loop $forever
        (try (do (throw $e)) (catch_all)) (br $forever)) (unreachable)`,
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "a loop of asking the host",
    {
      resolve: `(loop $forever
        (call $log (i32.const 0) (i32.const 64) (i32.const 1))
        (br $forever)) (unreachable)`,
    },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "an allocator that loops",
    { realloc: SPIN },
    "EXTENSION_OUT_OF_FUEL",
  ],
  [
    "a loop in what frees a result",
    { post: "(loop $forever (br $forever))" },
    "EXTENSION_OUT_OF_FUEL",
  ],
];

const LOAD: readonly (readonly [string, GuestParts])[] = [
  ["an _initialize that loops", {
    exports: '(func (export "_initialize") (loop $forever (br $forever)))',
  }],
  ["an init that loops", { init: SPIN }],
  ["a get-info that loops", { getInfo: SPIN }],
  ["a get-schema that loops", { getSchema: SPIN }],
];

testAttacks([
  ...RESOLVE.map(([name, parts, code]): Attack => {
    // The allocator is needed for loading already.
    const during = "realloc" in parts ? "load" : "resolve";
    // A stack must end before the fuel does, or it would not be tried.
    const limits = code === "EXTENSION_OUT_OF_STACK" ? { fuel: 1e9 } : {};
    return { name, module: () => guest(parts), during, code, limits };
  }),
  ...LOAD.map(([name, parts]): Attack => ({
    name,
    module: () => guest(parts),
    during: "load",
    code: "EXTENSION_OUT_OF_FUEL",
  })),
  {
    // What fails while it is instantiated shows nothing of itself, not even its fuel.
    name: "a start function that loops",
    module: () =>
      guest({
        extra: "(func $spin (loop $forever (br $forever))) (start $spin)",
      }),
    during: "load",
    code: "WASM_TRAP",
  },
  {
    name: "a start function that calls itself without an end",
    module: () => guest({ extra: "(func $f (call $f)) (start $f)" }),
    during: "load",
    code: "EXTENSION_OUT_OF_STACK",
  },
]);
