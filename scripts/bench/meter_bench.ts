/**
 * Measures the rewriter: how long it takes for a megabyte, and how much slower
 * metered modules are.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/bench/meter_bench.ts [FILE.wasm...]
 *
 * The workloads are small loops and functions, where metering weighs most. Files, such as the
 * one of npm's `esbuild-wasm`, are rewritten and not run.
 */

import { FUEL_EXPORT, inspect, meter } from "../../src/wasm/mod.ts";
import { assemble } from "../../tests/wasm/assemble.ts";

const ROUNDS = 9;

interface Workload {
  readonly name: string;
  /** Functions of the module, of which "run" is called. */
  readonly wat: string;
  readonly argument: number;
}

/** Each is a module of its own: engines decide by the module what to inline. */
const WORKLOADS: readonly Workload[] = [
  {
    name: "recursion",
    argument: 30,
    wat: `(func $fib (export "run") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))`,
  },
  {
    name: "calls of a small function",
    argument: 10_000_000,
    wat: `(func $mix (param $x i32) (param $y i32) (result i32)
      (i32.xor (i32.rotl (local.get $x) (i32.const 5)) (local.get $y)))
    (func (export "run") (param $n i32) (result i32)
      (local $hash i32)
      (loop $again
        (local.set $hash (call $mix (local.get $hash) (local.get $n)))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $hash))`,
  },
  {
    name: "calls through a table",
    argument: 5_000_000,
    wat: `(type $step (func (param i32) (result i32)))
    (table funcref (elem $add $xor $turn $mul))
    (func $add (type $step) (i32.add (local.get 0) (i32.const 7)))
    (func $xor (type $step) (i32.xor (local.get 0) (i32.const 0x5bd1e995)))
    (func $turn (type $step) (i32.rotl (local.get 0) (i32.const 3)))
    (func $mul (type $step) (i32.mul (local.get 0) (i32.const 31)))
    (func (export "run") (param $n i32) (result i32)
      (local $hash i32)
      (loop $again
        (local.set $hash (call_indirect (type $step) (local.get $hash)
          (i32.and (local.get $n) (i32.const 3))))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $hash))`,
  },
  {
    name: "sum of memory",
    argument: 20_000_000,
    wat: `(memory 64)
  (func (export "run") (param $n i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (i32.load (i32.and (local.get $n) (i32.const 0x3ffffc)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))`,
  },
  {
    name: "sieve",
    argument: 4_000_000,
    wat: `(memory 64)
  (func (export "run") (param $n i32) (result i32)
    (local $i i32) (local $j i32) (local $count i32)
    (memory.fill (i32.const 0) (i32.const 0) (local.get $n))
    (local.set $i (i32.const 2))
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $i))) (then
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (local.set $j (i32.shl (local.get $i) (i32.const 1)))
        (block $done (loop $strike
          (br_if $done (i32.ge_u (local.get $j) (local.get $n)))
          (i32.store8 (local.get $j) (i32.const 1))
          (local.set $j (i32.add (local.get $j) (local.get $i)))
          (br $strike)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $count))`,
  },
  {
    name: "interpreter",
    argument: 10_000_000,
    wat: `(func (export "run") (param $n i32) (result i32)
    (local $a i32) (local $pc i32)
    (loop $step
      (block $continue
        (block $add (block $xor (block $mul (block $shift
          (br_table $add $xor $mul $shift
            (i32.and (local.get $pc) (i32.const 3))))
          (local.set $a (i32.rotl (local.get $a) (i32.const 3)))
          (br $continue))
          (local.set $a (i32.mul (local.get $a) (i32.const 31)))
          (br $continue))
          (local.set $a (i32.xor (local.get $a) (local.get $pc)))
          (br $continue))
        (local.set $a (i32.add (local.get $a) (local.get $n))))
      (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
      (br_if $step (i32.lt_u (local.get $pc) (local.get $n))))
    (local.get $a))`,
  },
];

function exportsOf(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}

function fastest(work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

for (const { name, wat, argument } of WORKLOADS) {
  const bytes = await assemble("workload.wat", `(module ${wat})`);
  const plain = exportsOf(bytes);
  const metered = exportsOf(meter(bytes));
  const fuel = metered[FUEL_EXPORT] as WebAssembly.Global;
  const run = (exports: WebAssembly.Exports) =>
    fastest(() => (exports["run"] as (n: number) => number)(argument));
  const before = run(plain);
  fuel.value = 2n ** 62n;
  const after = run(metered);
  const burned = Number(2n ** 62n - fuel.value) / ROUNDS;
  console.log(
    `${name}: ${before.toFixed(1)} ms, metered ${after.toFixed(1)} ms, ` +
      `ratio ${(after / before).toFixed(2)}, ${
        (burned / 1e6).toFixed(0)
      } million units`,
  );
}
for (const file of Deno.args) {
  const module = await Deno.readFile(file);
  const megabytes = module.byteLength / 1e6;
  const limits = { maxMemoryPages: 65_536, maxTableElements: 10_000_000 };
  const size = meter(module, limits).byteLength / module.byteLength;
  const meterMs = fastest(() => meter(module, limits));
  const inspectMs = fastest(() => inspect(module));
  console.log(
    `${file}: ${megabytes.toFixed(1)} MB, inspected in ${
      inspectMs.toFixed(1)
    } ms, ` +
      `metered in ${
        (meterMs / megabytes).toFixed(1)
      } ms for each MB, size ratio ${size.toFixed(3)}`,
  );
}
