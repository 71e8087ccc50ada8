/**
 * Makes modules out of chance with Binaryen, runs each as it is and metered,
 * and compares results, traps and calls of imports. A third time each runs with
 * a count of its instructions: no call may execute more than it paid for.
 *
 *     deno run -A scripts/with_jsr.ts run -A scripts/fuzz/wasm_equivalence.ts [seed] [count]
 *
 * Needs `wasm-opt` (Debian: binaryen). Its modules bound their own loops, so
 * that they can be run without fuel as well.
 */

import { join } from "@std/path";
import { FUEL_EXPORT, inspect, meter } from "../../src/wasm/mod.ts";
import { PREPAID_UNITS } from "../../src/wasm/path_cost.ts";
import { observe } from "../../tests/wasm/observe.ts";
import { COUNT_EXPORT, countInstructions } from "../../tests/wasm/count.ts";

/** Reference types are left out: what older versions of Binaryen make of them is not valid. */
const FEATURES = [
  "bulk-memory",
  "exception-handling",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "sign-ext",
  "simd",
  "tail-call",
].map((name) => `--enable-${name}`);
/** Bytes of chance that a module is made of. */
const MAX_CHANCE_BYTES = 6_000;

/** Calls that executed more than they paid for. */
function findUnpaid(
  counted: Uint8Array<ArrayBuffer>,
  metered: Uint8Array<ArrayBuffer>,
): string[] {
  const nothing = new Proxy({}, { get: () => () => {} });
  const [counting, paying] = [counted, metered].map((bytes) => {
    try {
      return new WebAssembly.Instance(new WebAssembly.Module(bytes), {
        "fuzzing-support": nothing as Record<string, WebAssembly.ImportValue>,
      }).exports;
    } catch {
      // Its start function or a segment traps: there is nothing to call.
      return undefined;
    }
  });
  if (counting === undefined || paying === undefined) return [];
  const count = counting[COUNT_EXPORT] as WebAssembly.Global;
  const fuel = paying[FUEL_EXPORT] as WebAssembly.Global;
  const unpaid: string[] = [];
  for (const name of Object.keys(counting)) {
    count.value = 0n;
    fuel.value = 2n ** 62n;
    for (const exports of [counting, paying]) {
      const value = exports[name];
      if (typeof value !== "function") continue;
      try {
        value(...new Array<number>(value.length).fill(0));
      } catch (error) {
        // Where a stack ends differs; what ran until then cannot be compared.
        if (error instanceof RangeError) return unpaid;
      }
    }
    const paid = 2n ** 62n - fuel.value + BigInt(PREPAID_UNITS);
    if (count.value > paid) {
      unpaid.push(`${name}: ${count.value} executed, ${paid} paid`);
    }
  }
  return unpaid;
}

async function generate(
  directory: string,
  chance: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const input = join(directory, "chance.bin");
  const output = join(directory, "module.wasm");
  await Deno.writeFile(input, chance);
  const { success } = await new Deno.Command("wasm-opt", {
    args: ["-ttf", input, "-o", output, ...FEATURES],
    stdout: "null",
    stderr: "null",
  }).output();
  return success ? await Deno.readFile(output) : undefined;
}

/** Chance with a seed: the same numbers every time. */
function* bytesOf(seed: number): Generator<number, never> {
  for (let state = seed * 2_654_435_761 + 1;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 24;
  }
}

const [seed = "1", count = "200"] = Deno.args;
const directory = await Deno.makeTempDir();
let compared = 0;
let skipped = 0;
let events = 0;
const failures: string[] = [];
for (let i = 0; i < Number(count); i++) {
  const name = `${seed}.${i}`;
  const chance = bytesOf(Number(seed) * 1_000_003 + i);
  const length = 200 + (i * 7919) % MAX_CHANCE_BYTES;
  const bytes = await generate(
    directory,
    Uint8Array.from({ length }, () => chance.next().value),
  );
  if (bytes === undefined || !WebAssembly.validate(bytes)) {
    skipped += 1;
    continue;
  }
  const metered = meter(bytes, { maxMemoryPages: 65_536 });
  const { events: before } = observe(bytes);
  const { events: after } = observe(metered);
  compared += 1;
  events += before.length;
  if (inspect(bytes).exports.length > 0) {
    const unpaid = findUnpaid(countInstructions(bytes), metered);
    failures.push(...unpaid.map((line) => `${name}: ${line}`));
  }
  const shorter = Math.min(before.length, after.length);
  for (let line = 0; line < shorter; line++) {
    if (before[line] === after[line]) continue;
    failures.push(`${name}: ${before[line]} became ${after[line]}`);
    await Deno.writeFile(`${name}.wasm`, bytes);
    break;
  }
}
await Deno.remove(directory, { recursive: true });
console.log(
  `seed ${seed}: ${compared} modules compared (${events} events), ${skipped} skipped, ${failures.length} differ`,
);
for (const failure of failures) console.log(failure.slice(0, 300));
if (failures.length > 0) Deno.exit(1);
