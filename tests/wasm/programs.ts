/**
 * Small modules in text that use every kind of control flow, and how to call
 * them: for tests that compare a module with what a rewriting made of it.
 */

import { assemble } from "./assemble.ts";

/** A module in text, and calls of its exports. */
export interface Program {
  /** What it is about. */
  readonly name: string;
  /** Its text. */
  readonly wat: string;
  /** Exports and arguments, called one after the other in one instance. */
  readonly calls: readonly (readonly [string, ...(number | bigint)[]])[];
}

/** Imports that programs may use: they write down how they were called. */
export const IMPORTS = `
  (import "host" "note" (func $note (param i32)))
  (import "host" "note64" (func $note64 (param i64)))`;

/** The programs. */
export const PROGRAMS: readonly Program[] = [
  {
    name: "loops inside of loops, left from the middle",
    wat: `(module ${IMPORTS}
      (func (export "run") (param $n i32) (result i32)
        (local $i i32) (local $j i32) (local $sum i32)
        (block $out
          (loop $outer
            (local.set $j (i32.const 0))
            (loop $inner
              (local.set $sum (i32.add (local.get $sum) (local.get $j)))
              (br_if $out (i32.gt_u (local.get $sum) (i32.const 500)))
              (local.set $j (i32.add (local.get $j) (i32.const 1)))
              (br_if $inner (i32.lt_u (local.get $j) (local.get $n))))
            (call $note (local.get $i))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $outer (i32.lt_u (local.get $i) (local.get $n)))))
        (local.get $sum)))`,
    calls: [["run", 0], ["run", 3], ["run", 9], ["run", 1000]],
  },
  {
    name: "br_table out of blocks with a value",
    wat: `(module ${IMPORTS}
      (func (export "run") (param i32) (result i32)
        (block $a (result i32)
          (block $b (result i32)
            (block $c (result i32)
              (br_table $c $b $a $c (i32.const 7) (local.get 0)))
            (call $note (i32.const 1))
            (i32.const 10) (i32.add))
          (call $note (i32.const 2))
          (i32.const 100) (i32.add))))`,
    calls: [["run", 0], ["run", 1], ["run", 2], ["run", 3], ["run", -1]],
  },
  {
    name: "if, else, and values through them",
    wat: `(module ${IMPORTS}
      (func $classify (export "run") (param $x i32) (result i32)
        (if (result i32) (i32.lt_s (local.get $x) (i32.const 0))
          (then (call $note (i32.const -1)) (i32.const 1))
          (else
            (if (i32.eqz (local.get $x)) (then (call $note (i32.const 0))))
            (if (i32.gt_s (local.get $x) (i32.const 9))
              (then (return (i32.const 3))))
            (i32.const 2)))))`,
    calls: [["run", -5], ["run", 0], ["run", 5], ["run", 50]],
  },
  {
    name: "recursion, and calls through a table",
    wat: `(module ${IMPORTS}
      (type $unary (func (param i64) (result i64)))
      (table funcref (elem $factorial $negate))
      (func $factorial (type $unary)
        (if (result i64) (i64.le_s (local.get 0) (i64.const 1))
          (then (i64.const 1))
          (else (i64.mul (local.get 0)
            (call $factorial (i64.sub (local.get 0) (i64.const 1)))))))
      (func $negate (type $unary)
        (call $note64 (local.get 0))
        (i64.sub (i64.const 0) (local.get 0)))
      (func (export "run") (param i32 i64) (result i64)
        (call_indirect (type $unary) (local.get 1) (local.get 0))))`,
    calls: [["run", 0, 20n], ["run", 1, -7n], ["run", 2, 1n]],
  },
  {
    name: "tail calls a million deep",
    wat: `(module
      (func $even (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0))
          (then (i32.const 1))
          (else (return_call $odd (i32.sub (local.get 0) (i32.const 1))))))
      (func $odd (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0))
          (then (i32.const 0))
          (else (return_call $even (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "run") (param i32) (result i32)
        (return_call $even (local.get 0))))`,
    calls: [["run", 0], ["run", 7], ["run", 1_000_000]],
  },
  {
    name: "several values through loops and blocks",
    wat: `(module
      (func $swap (param i32 i32) (result i32 i32)
        (local.get 1) (local.get 0))
      (func (export "run") (param $n i32) (result i32 i32)
        (i32.const 0) (i32.const 1)
        (loop $again (param i32 i32) (result i32 i32)
          (call $swap)
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))))`,
    calls: [["run", 1], ["run", 2], ["run", 77]],
  },
  {
    name: "memory in bulk, with traps at its end",
    wat: `(module
      (memory (export "memory") 1)
      (data $text "rewritten")
      (func (export "fill") (param i32 i32 i32)
        (memory.fill (local.get 0) (local.get 1) (local.get 2)))
      (func (export "copy") (param i32 i32 i32)
        (memory.copy (local.get 0) (local.get 1) (local.get 2)))
      (func (export "init") (param i32 i32 i32) (local i64 f64)
        (memory.init $text (local.get 0) (local.get 1) (local.get 2)))
      (func (export "drop") (data.drop $text))
      (func (export "load") (param i32) (result i64)
        (i64.load (local.get 0)))
      (func (export "grow") (param i32) (result i32)
        (memory.grow (local.get 0)))
      (func (export "size") (result i32) (memory.size)))`,
    calls: [
      ["fill", 10, 7, 100],
      ["copy", 50, 0, 30],
      ["init", 0, 2, 5],
      ["load", 0],
      ["load", 48],
      ["fill", 65530, 1, 7],
      ["copy", 0, 65530, 7],
      ["drop"],
      ["init", 0, 0, 1],
      ["init", 0, 0, 0],
      ["grow", 1],
      ["size"],
      ["fill", 65530, 1, 7],
      ["load", 65530],
      ["load", 200000],
    ],
  },
  {
    name: "tables in bulk",
    wat: `(module
      (table $t 10 20 funcref)
      (elem $some func $one $two)
      (func $one (result i32) (i32.const 1))
      (func $two (result i32) (i32.const 2))
      (func (export "init") (param i32 i32 i32)
        (table.init $t $some (local.get 0) (local.get 1) (local.get 2)))
      (func (export "copy") (param i32 i32 i32)
        (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
      (func (export "fill") (param i32 i32)
        (table.fill $t (local.get 0) (ref.func $two) (local.get 1)))
      (func (export "grow") (param i32) (result i32)
        (table.grow $t (ref.null func) (local.get 0)))
      (func (export "call") (param i32) (result i32)
        (call_indirect $t (result i32) (local.get 0))))`,
    calls: [
      ["init", 0, 0, 2],
      ["call", 0],
      ["call", 1],
      ["copy", 4, 0, 2],
      ["call", 5],
      ["call", 6],
      ["fill", 6, 3],
      ["call", 8],
      ["copy", 9, 0, 2],
      ["grow", 5],
      ["grow", 100],
      ["init", 14, 0, 1],
      ["call", 14],
    ],
  },
  {
    name: "globals, a start function, and code that is never reached",
    wat: `(module ${IMPORTS}
      (global $fixed i32 (i32.const 40))
      (global $count (export "count") (mut i32) (i32.const 2))
      (start $begin)
      (func $begin (global.set $count (i32.add (global.get $fixed) (global.get $count))))
      (func (export "run") (param i32) (result i32)
        (block $done (result i32)
          (br $done (global.get $count))
          (loop $never (br $never))
          (drop (i32.const 1)) (unreachable)))
      (func (export "dead") (result i32)
        (return (i32.const 5))
        (block (loop (block (br 1) (br 2)) (br_if 0 (i32.const 1))))
        (if (then (unreachable)) (else (br 0)))
        (i32.const 6))
      (func (export "trap") (param i32) (result i32)
        (call $note (local.get 0))
        (i32.div_u (i32.const 1) (local.get 0))))`,
    calls: [["run", 1], ["dead"], ["trap", 1], ["trap", 0], ["run", 1]],
  },
  {
    name: "numbers of every type, and conversions between them",
    wat: `(module
      (func (export "f32") (param f32) (result f32)
        (f32.sqrt (f32.mul (local.get 0) (f32.const 2.5))))
      (func (export "f64") (param f64 i32) (result f64)
        (f64.add (local.get 0) (f64.convert_i32_s (local.get 1))))
      (func (export "sat") (param f64) (result i64)
        (i64.trunc_sat_f64_s (local.get 0)))
      (func (export "trunc") (param f64) (result i32)
        (i32.trunc_f64_s (local.get 0)))
      (func (export "extend") (param i64) (result i64)
        (i64.extend8_s (local.get 0)))
      (func (export "big") (result i64)
        (i64.const -9223372036854775808))
      (func (export "lanes") (param i32) (result i32)
        (i32x4.extract_lane 2
          (i32x4.add
            (i32x4.splat (local.get 0))
            (v128.const i32x4 1 2 3 4))))
      (func (export "shuffle") (param i32) (result i32)
        (i8x16.extract_lane_u 0
          (i8x16.shuffle 15 1 2 3 4 5 6 7 8 9 10 11 12 13 14 0
            (i8x16.replace_lane 15 (v128.const i64x2 0 0) (local.get 0))
            (v128.const i64x2 0 0)))))`,
    calls: [
      ["f32", 1.25],
      ["f64", 0.5, -3],
      ["sat", 1e300],
      ["trunc", 3.9],
      ["trunc", 1e300],
      ["extend", 255n],
      ["big"],
      ["lanes", 40],
      ["shuffle", 200],
    ],
  },
  {
    name: "exceptions, thrown in loops and caught outside",
    wat: `(module ${IMPORTS}
      (tag $e (param i32))
      (func $thrower (param i32)
        (loop $again
          (call $note (local.get 0))
          (if (i32.eqz (local.get 0)) (then (throw $e (i32.const 42))))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br $again)))
      (func (export "run") (param i32) (result i32)
        (try (result i32)
          (do (call $thrower (local.get 0)) (i32.const 0))
          (catch $e)))
      (func (export "again") (param i32) (result i32)
        (try (result i32)
          (do (try (result i32)
            (do (throw $e (local.get 0)))
            (catch_all (rethrow 0))))
          (catch $e (i32.const 1) (i32.add)))))`,
    calls: [["run", 0], ["run", 3], ["again", 9]],
  },
  {
    name: "references, select, and locals of many types",
    wat: `(module
      (func (export "run") (param i32) (result i32)
        (local i64 f32 f64 v128 funcref externref)
        (local.set 5 (ref.func $self))
        (select (result i32)
          (i32.const 1)
          (ref.is_null (local.get 6))
          (local.get 0)))
      (elem declare func $self)
      (func $self))`,
    calls: [["run", 0], ["run", 1]],
  },
];

/** Assembles a program. */
export function build(program: Program): Promise<Uint8Array<ArrayBuffer>> {
  return assemble(program.name, program.wat);
}

/** Runs a program's calls and writes down all that can be seen from outside. */
export function trace(
  bytes: Uint8Array<ArrayBuffer>,
  calls: Program["calls"],
): string[] {
  const seen: string[] = [];
  const note = (value: unknown) => {
    seen.push(`note ${String(value)}`);
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    host: { note, note64: note },
  });
  for (const [name, ...args] of calls) {
    try {
      const result = (exports[name] as (...args: unknown[]) => unknown)(
        ...args,
      );
      seen.push(`${name} gives ${String(result)}`);
    } catch (error) {
      seen.push(`${name} fails: ${(error as Error).message}`);
    }
  }
  const { memory } = exports;
  if (memory instanceof WebAssembly.Memory) {
    seen.push(new Uint8Array(memory.buffer).join());
  }
  return seen;
}
