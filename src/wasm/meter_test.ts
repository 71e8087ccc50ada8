import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { assemble } from "../../tests/wasm/assemble.ts";
import { COUNT_EXPORT, countInstructions } from "../../tests/wasm/count.ts";
import { build, PROGRAMS, trace } from "../../tests/wasm/programs.ts";
import { ForgeError } from "../errors.ts";
import { PREPAID_UNITS } from "./path_cost.ts";
import {
  DENIED_EXPORT,
  FUEL_EXPORT,
  inspect,
  meter,
  type MeterOptions,
} from "./mod.ts";

interface Metered {
  readonly exports: WebAssembly.Exports;
  readonly fuel: WebAssembly.Global;
  readonly call: (name: string, ...args: unknown[]) => unknown;
}

async function instantiate(
  wat: string,
  options: MeterOptions = {},
): Promise<Metered> {
  const bytes = meter(await assemble("test.wat", wat), options);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    host: { nothing: () => {} },
  });
  return {
    exports,
    fuel: exports[options.fuelExport ?? FUEL_EXPORT] as WebAssembly.Global,
    call: (name, ...args) =>
      (exports[name] as (...args: unknown[]) => unknown)(...args),
  };
}

/** What a call burns, and what its caller has paid for in advance. */
async function cost(wat: string, ...args: unknown[]): Promise<number> {
  const { fuel, call } = await instantiate(wat);
  fuel.value = 1_000_000n;
  call("run", ...args);
  return Number(1_000_000n - fuel.value) + PREPAID_UNITS;
}

/** Instructions enough that a function must pay itself. */
const MUCH = "(nop)".repeat(PREPAID_UNITS);

for (const program of PROGRAMS) {
  Deno.test(`metering changes nothing for ${program.name}`, async () => {
    const bytes = await build(program);
    const metered = meter(bytes);
    assert(WebAssembly.validate(metered));
    assertEquals(trace(metered, program.calls), trace(bytes, program.calls));
  });
}

Deno.test("what runs is paid for, but for what the host's call pays in advance", async () => {
  for (const program of PROGRAMS) {
    const bytes = await build(program);
    const counted = countInstructions(bytes);
    const instances = [counted, meter(bytes)].map((module) =>
      new WebAssembly.Instance(new WebAssembly.Module(module), {
        host: { note: () => {}, note64: () => {} },
      }).exports
    );
    const [count, fuel] = [
      instances[0]?.[COUNT_EXPORT] as WebAssembly.Global,
      instances[1]?.[FUEL_EXPORT] as WebAssembly.Global,
    ];
    for (const [name, ...args] of program.calls) {
      fuel.value = 2n ** 40n;
      count.value = 0n;
      for (const exports of instances) {
        try {
          (exports[name] as (...args: unknown[]) => unknown)(...args);
        } catch {
          // Some of the calls trap; what ran before is paid for all the same.
        }
      }
      const paid = Number(2n ** 40n - fuel.value) + PREPAID_UNITS;
      assertLessOrEqual(Number(count.value), paid, `${program.name}: ${name}`);
    }
  }
});

Deno.test("a small function is paid for by who calls it, and stays as it is", async () => {
  const small = await assemble(
    "small.wat",
    `(module (func (export "run") (param i32) (result i32)
      (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2)))))`,
  );
  const { sections } = inspect(small);
  const codeSize = (bytes: Uint8Array) =>
    inspect(bytes).sections.find(({ name }) => name === "code")?.size;
  // The sizes in front of the section and of the body are written at full length.
  assertEquals(codeSize(meter(small)), (codeSize(small) ?? 0) + 4);
  assertEquals(sections.length + 1, inspect(meter(small)).sections.length);
  assertEquals(
    await cost(`(module (func $f) (func (export "run") ${MUCH} (call $f)))`),
    PREPAID_UNITS + 1 + PREPAID_UNITS,
  );
});

Deno.test("recursion that ends at once costs nothing more than its call", async () => {
  const wat = `(module (func $f (export "run") (param i32) (result i32)
    (block
      (br_if 0 (i32.eqz (local.get 0)))
      (return (call $f (i32.sub (local.get 0) (i32.const 1)))))
    (i32.const 7)))`;
  assertEquals(await cost(wat, 0), PREPAID_UNITS);
  const once = await cost(wat, 1);
  assertGreater(once, PREPAID_UNITS);
  assertEquals(await cost(wat, 5) - PREPAID_UNITS, 5 * (once - PREPAID_UNITS));
});

Deno.test("what comes after an arm that pays is paid for on the way past it, too", async () => {
  const wat = `(module (func (export "run") (param i32)
    (if (local.get 0) (then ${MUCH}))
    ${"(nop)".repeat(100)}))`;
  assertGreater(await cost(wat, 0), 100);
  assertEquals(await cost(wat, 0), await cost(wat, 1));
});

Deno.test("code without branches costs its instructions", async () => {
  assertEquals(await cost(`(module (func (export "run")))`), PREPAID_UNITS);
  assertEquals(
    await cost(
      `(module (func (export "run") ${MUCH} (nop) (nop) (nop) (nop)))`,
    ),
    PREPAID_UNITS + 4,
  );
});

Deno.test("of two arms only the longer one is paid for", async () => {
  const wat = `(module (func (export "run") (param i32)
    ${MUCH}
    (if (local.get 0)
      (then (nop) (nop) (nop) (nop) (nop))
      (else (nop) (nop)))))`;
  assertEquals(await cost(wat, 1), PREPAID_UNITS + 7);
  assertEquals(await cost(wat, 0), PREPAID_UNITS + 7);
});

Deno.test("of the ways of a br_table only the longest is paid for", async () => {
  const arm = (nops: number) => `${"(nop)".repeat(nops)} (return)`;
  const wat = `(module (func (export "run") (param i32)
    ${MUCH}
    (block (block (block
      (br_table 0 1 2 (local.get 0)))
      ${arm(5)})
      ${arm(50)})
    ${arm(20)}))`;
  assertEquals(await cost(wat, 0), PREPAID_UNITS + 2 + 50 + 1);
});

Deno.test("a loop pays each time around, and what is around it once", async () => {
  const wat = `(module (func (export "run") (param i32)
    ${MUCH} (nop) (nop)
    (loop
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if 0 (local.get 0)))
    (nop)))`;
  assertEquals(await cost(wat, 1), PREPAID_UNITS + 3 + 6);
  assertEquals(await cost(wat, 10), PREPAID_UNITS + 3 + 60);
});

Deno.test("what is left of a function after jumping out of a loop is paid for", async () => {
  const wat = `(module (func (export "run")
    (block
      (loop (br 1)))
    ${"(nop)".repeat(30)}))`;
  assertEquals(await cost(wat), 30 + 1);
});

Deno.test("code in front of a loop that is never left behind is paid for", async () => {
  const wat = `(module (func (export "run")
    ${"(nop)".repeat(30)}
    (loop (return))))`;
  assertEquals(await cost(wat), 30 + 1);
});

Deno.test("handlers of exceptions are paid for like code after the longest way to them", async () => {
  const wat = (nops: number) =>
    `(module (tag $e) (func (export "run")
    (try (do (throw $e)) (catch $e ${"(nop)".repeat(nops)}))))`;
  assertEquals(await cost(wat(20)), await cost(wat(0)) + 20);
});

Deno.test("bulk instructions are paid for by length", async () => {
  const fill = `(module (memory 16) (func (export "run") (param i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))`;
  const small = await cost(fill, 0);
  assertEquals(await cost(fill, 1 << 20), small + (1 << 20) / 32);
  const tables = `(module (table 5000 funcref) (func (export "run") (param i32)
    (table.fill (i32.const 0) (ref.null func) (local.get 0))))`;
  assertEquals(
    await cost(tables, 5000),
    await cost(tables, 0) + 5000 * 32,
  );
});

Deno.test("a length is unsigned: no one is paid for a fill", async () => {
  const { fuel, call } = await instantiate(`(module (memory 1)
    (func (export "run") (memory.fill (i32.const 0) (i32.const 0) (i32.const -1))))`);
  fuel.value = 1000n;
  assertThrows(() => call("run"), WebAssembly.RuntimeError);
  assertLess(Number(fuel.value), 0);
});

Deno.test("calls out of the module cost more than calls within", async () => {
  const inside = `(module (func $f) (func (export "run") (call $f)))`;
  const outside =
    `(module (import "host" "nothing" (func $f)) (func (export "run") (call $f)))`;
  assertGreater(await cost(outside), await cost(inside));
});

/** Functions that do not end by themselves. */
const ENDLESS: readonly (readonly [string, string])[] = [
  ["a loop", `(func (export "run") (loop (br 0)))`],
  [
    "a loop around loops",
    `(func (export "run") (loop (loop (nop)) (loop (br 1))))`,
  ],
  [
    "functions that tail-call each other",
    `(func $a (export "run") (return_call $b)) (func $b (return_call $a))`,
  ],
  [
    "recursion that branches",
    `(func $f (export "run") (param i32)
      (if (local.get 0) (then
        (call $f (i32.sub (local.get 0) (i32.const 1)))
        (call $f (i32.sub (local.get 0) (i32.const 1))))))`,
  ],
  [
    "a loop of growing by nothing",
    `(func (export "run") (loop (drop (memory.grow (i32.const 0))) (br 0)))`,
  ],
  [
    "a loop of filling",
    `(func (export "run") (loop
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0)))`,
  ],
  [
    "a loop of throwing",
    `(tag $e) (func (export "run")
      (loop (try (do (throw $e)) (catch $e)) (br 0)))`,
  ],
  [
    "a loop through br_table",
    `(func (export "run") (loop (br_table 0 0 (i32.const 5))))`,
  ],
];

for (const [name, functions] of ENDLESS) {
  Deno.test(`${name} ends when the fuel does`, async () => {
    const { fuel, call } = await instantiate(
      `(module (memory 1) ${functions})`,
    );
    fuel.value = 1_000_000n;
    assertThrows(() => call("run", 1000), WebAssembly.RuntimeError);
    assertLess(Number(fuel.value), 0);
    fuel.value = 1_000_000n;
    assertThrows(() => call("run", 1000), WebAssembly.RuntimeError);
  });
}

Deno.test("fuel at the start bounds the start function", async () => {
  const bytes = meter(
    await assemble(
      "start.wat",
      "(module (start $f) (func $f (loop (br 0))))",
    ),
    { initialFuel: 1000n },
  );
  const module = new WebAssembly.Module(bytes);
  assertThrows(
    () => new WebAssembly.Instance(module),
    WebAssembly.RuntimeError,
  );
});

Deno.test("memory cannot outgrow the limit, nor what it declares itself", async () => {
  const grow = `(func (export "run") (param i32) (result i32)
    (memory.grow (local.get 0)))`;
  const free = await instantiate(`(module (memory 1) ${grow})`, {
    maxMemoryPages: 4,
  });
  assertEquals(free.call("run", 3), 1);
  assertEquals(free.call("run", 1), -1);
  const modest = await instantiate(`(module (memory 1 2) ${grow})`, {
    maxMemoryPages: 4,
  });
  assertEquals(modest.call("run", 2), -1);
  assertEquals(modest.call("run", 1), 1);
});

Deno.test("memory that starts beyond the limit is refused", async () => {
  const bytes = await assemble("large.wat", "(module (memory 300))");
  const error = assertThrows(() => meter(bytes), ForgeError);
  assertEquals(error.code, "TOO_LARGE");
  assertStringIncludes(error.message, "300 pages");
  assertEquals(inspect(meter(bytes, { maxMemoryPages: 300 })).memory?.max, 300);
});

Deno.test("that memory was refused is noted, and that it was given is not", async () => {
  const { call, exports } = await instantiate(
    `(module (memory 1)
      (func (export "run") (param i32) (result i32)
        (memory.grow (local.get 0))))`,
    { maxMemoryPages: 10 },
  );
  const denied = exports[DENIED_EXPORT] as WebAssembly.Global;
  assertEquals([call("run", 9), denied.value], [1, 0]);
  assertEquals([call("run", 1), denied.value], [-1, 1]);
  assertEquals([call("run", 0), denied.value], [10, 1]);
});

Deno.test("tables share a limit", async () => {
  const { call } = await instantiate(
    `(module (table $a 1 funcref) (table $b 1 1000 funcref)
      (func (export "run") (param i32) (result i32)
        (table.grow $a (ref.null func) (local.get 0)))
      (func (export "other") (param i32) (result i32)
        (table.grow $b (ref.null func) (local.get 0))))`,
    { maxTableElements: 20 },
  );
  assertEquals(call("run", 10), -1);
  assertEquals(call("run", 9), 1);
  assertEquals(call("other", 10), -1);
});

Deno.test("the fuel has the name that was asked for", async () => {
  const { fuel } = await instantiate("(module)", {
    fuelExport: "⛽",
    initialFuel: -5n,
  });
  assertEquals(fuel.value, -5n);
  const bytes = await assemble(
    "taken.wat",
    `(module (func (export "gas")))`,
  );
  const error = assertThrows(
    () => meter(bytes, { fuelExport: "gas" }),
    ForgeError,
  );
  assertEquals(error.code, "WASM_UNSUPPORTED");
});

Deno.test("custom sections stay, but for those that speak of places in code", () => {
  const custom = (name: string) => [
    0,
    name.length + 2,
    name.length,
    ...new TextEncoder().encode(name),
    7,
  ];
  const bytes = new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...custom("component-type"),
    ...custom("metadata.code.branch_hint"),
  ]);
  assertEquals(
    inspect(meter(bytes)).customSections.map(({ name, size }) => [name, size]),
    [["component-type", 1]],
  );
});

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A module with one function of no parameters and this code. */
const withCode = (...code: number[]) =>
  new Uint8Array([
    ...HEADER,
    ...[1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    ...[10, code.length + 3, 1, code.length + 1, 0, ...code],
  ]);

const REFUSED: readonly (readonly [string, Uint8Array, string])[] = [
  [
    "a component",
    new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]),
    "component",
  ],
  [
    "an imported memory",
    new Uint8Array([...HEADER, 2, 8, 1, 1, 101, 1, 109, 2, 0, 1]),
    'it imports memory "e.m"',
  ],
  [
    "an imported table",
    new Uint8Array([...HEADER, 2, 9, 1, 1, 101, 1, 116, 1, 0x70, 0, 1]),
    'it imports table "e.t"',
  ],
  [
    "a shared memory",
    new Uint8Array([...HEADER, 5, 4, 1, 3, 1, 1]),
    "shared memory (threads)",
  ],
  [
    "a 64-bit memory",
    new Uint8Array([...HEADER, 5, 3, 1, 4, 1]),
    "64-bit memory",
  ],
  [
    "several memories",
    new Uint8Array([...HEADER, 5, 5, 2, 0, 1, 0, 1]),
    "several memories",
  ],
  [
    "a struct type",
    new Uint8Array([...HEADER, 1, 3, 1, 0x5f, 0]),
    "garbage collection",
  ],
  ["struct.new", withCode(0xfb, 0, 0, 0x0b), "garbage collection (0xfb 0x00)"],
  ["ref.eq", withCode(0xd3, 0x0b), "garbage collection (0xd3)"],
  ["atomic.fence", withCode(0xfe, 3, 0, 0x0b), "threads (0xfe 0x03)"],
  [
    "an unknown instruction",
    withCode(0x27, 0x0b),
    "unknown instruction (0x27)",
  ],
  [
    "an unknown instruction behind a prefix",
    withCode(0xfc, 0x7f, 0x0b),
    "unknown instruction (0xfc 0x7f)",
  ],
];

for (const [name, bytes, words] of REFUSED) {
  Deno.test(`${name} is refused by name`, () => {
    const error = assertThrows(() => meter(bytes), ForgeError);
    assertEquals(error.code, "WASM_UNSUPPORTED");
    assertStringIncludes(error.message, words);
  });
}

const INVALID: readonly (readonly [string, Uint8Array])[] = [
  ["a function that does not end", withCode(0x01)],
  ["a function that goes on after its end", withCode(0x0b, 0x01)],
  ["an else without an if", withCode(0x05, 0x0b)],
  ["a catch without a try", withCode(0x19, 0x0b)],
  ["a jump to nowhere", withCode(0x0c, 1, 0x0b)],
  ["a global that would be the fuel", withCode(0x23, 0, 0x1a, 0x0b)],
  ["a local that would be an added one", withCode(0x20, 0, 0x1a, 0x0b)],
  [
    "a number without an end",
    withCode(0x0c, ...new Array<number>(100).fill(0x80), 0x0b),
  ],
  [
    "an export of the global that would be the fuel",
    new Uint8Array([...HEADER, 7, 5, 1, 1, 103, 3, 0]),
  ],
  [
    "functions without bodies",
    new Uint8Array([...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0]),
  ],
  [
    "a body of a type that is not there",
    new Uint8Array([...HEADER, 3, 2, 1, 9, 10, 4, 1, 2, 0, 0x0b]),
  ],
  [
    "a maximum below its minimum",
    new Uint8Array([...HEADER, 5, 4, 1, 1, 2, 1]),
  ],
];

for (const [name, bytes] of INVALID) {
  Deno.test(`${name} is invalid, and does not become valid`, () => {
    assert(!WebAssembly.validate(new Uint8Array(bytes)));
    const error = assertThrows(() => meter(bytes), ForgeError);
    assertEquals(error.code, "WASM_INVALID");
  });
}
