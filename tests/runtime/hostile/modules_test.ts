/** Modules that want what there is not, or are not what they seem. */

import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../../../src/errors.ts";
import { assemble } from "../../wasm/assemble.ts";
import { fixture, openStage } from "../stage.ts";
import {
  type Attack,
  checkWitness,
  openWitness,
  testAttacks,
} from "./contained.ts";
import { guest, type GuestParts, guestText } from "./guest.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A number of the binary format. */
function leb(value: number): number[] {
  return value < 0x80
    ? [value]
    : [(value & 0x7f) | 0x80, ...leb(Math.floor(value / 0x80))];
}

/** A function type without parameters, one function of it, and its code. */
const code = (...body: readonly number[]) => [
  ...HEADER,
  ...[1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
  ...[10, ...leb(body.length + 3 + leb(body.length + 2).length), 1],
  ...[...leb(body.length + 2), 0, ...body, 0x0b],
];

/** A section with its size. */
const section = (id: number, content: readonly number[]) => [
  ...[id, ...leb(content.length), ...content],
];

/** Function types, each of which differs from all others. */
const types = (count: number): number[] =>
  section(1, [
    ...leb(count),
    ...Array.from({ length: count }, (_, i) => [
      ...[0x60, 20],
      // The bits of its number, as parameters of two kinds.
      ...Array.from({ length: 20 }, (_, bit) => (i >> bit) & 1 ? 0x7f : 0x7e),
      0,
    ]).flat(),
  ]);

/** One type a million times, in a group of types. */
const group = section(1, [
  ...[1, 0x4e, ...leb(1_000_000)],
  ...new Array<readonly number[]>(1_000_000).fill([0x60, 0, 0]).flat(),
]);

/** A function that has many names. */
const exports = (count: number): number[] => [
  ...HEADER,
  ...section(1, [1, 0x60, 0, 0]),
  ...section(3, [1, 0]),
  ...section(7, [
    ...leb(count),
    ...Array.from({ length: count }, (_, i) => [
      ...[5, ...`${i}`.padStart(5, "0")].map((digit) =>
        typeof digit === "string" ? digit.charCodeAt(0) : digit
      ),
      ...[0, 0],
    ]).flat(),
  ]),
  ...section(10, [1, 2, 0, 0x0b]),
];

const BYTES: readonly (readonly [
  string,
  readonly number[],
  Attack["code"],
  RegExp?,
])[] = [
  ["an empty file", [], "WASM_INVALID"],
  ["half of a header", HEADER.slice(0, 6), "WASM_INVALID"],
  [
    "a section that is longer than the file",
    [...HEADER, 1, 99],
    "WASM_INVALID",
  ],
  [
    "a section of 4 GiB",
    [...HEADER, 1, 0xff, 0xff, 0xff, 0xff, 0x0f],
    "WASM_INVALID",
  ],
  [
    "4 billion types",
    [...HEADER, 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
    "WASM_INVALID",
  ],
  [
    "types that fill the memory that all modules of an engine share",
    [...HEADER, ...types(10_001)],
    "WASM_UNSUPPORTED",
    /it has 10001 types, more than 10000/,
  ],
  [
    "a million types in a group",
    [...HEADER, ...group],
    "WASM_UNSUPPORTED",
    /it has more than 100000 types/,
  ],
  [
    "more exports than there is memory for",
    exports(50_001),
    "WASM_UNSUPPORTED",
    /it has 50001 exports, more than 50000/,
  ],
  ["a section twice", [...HEADER, 1, 1, 0, 1, 1, 0], "WASM_INVALID"],
  ["sections out of order", [...HEADER, 3, 1, 0, 1, 1, 0], "WASM_INVALID"],
  ["an unknown section", [...HEADER, 99, 0], "WASM_INVALID"],
  ["a number without an end", [...HEADER, 1, 0x80, 0x80, 0x80], "WASM_INVALID"],
  [
    "a function body of 4 GiB",
    [
      ...[...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
      ...[10, 6, 1, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ],
    "WASM_INVALID",
  ],
  [
    "4 billion locals",
    [
      ...[...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
      ...[10, 10, 1, 8, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b],
    ],
    "WASM_UNSUPPORTED",
    /too many locals/,
  ],
  ["code that does not validate", code(0x6a), "WASM_INVALID"],
  [
    "loops in loops in loops",
    code(
      ...Array.from({ length: 201 }, () => [3, 0x40]).flat(),
      ...new Array<number>(201).fill(0x0b),
    ),
    "WASM_UNSUPPORTED",
    /more than 200 loops/,
  ],
  [
    "many functions, each of which takes a while to compile",
    [
      ...[...HEADER, 1, 4, 1, 0x60, 0, 0],
      ...[3, 0xbe, 5, ...leb(700), ...new Array<number>(700).fill(0)],
      ...[10, ...leb(2 + 700 * 7), ...leb(700)],
      // Each is 6 bytes long and has 49,000 locals.
      ...Array.from({ length: 700 }, () => [6, 1, ...leb(49_000), 0x7e, 0x0b])
        .flat(),
    ],
    "WASM_UNSUPPORTED",
    /it would take too long to compile/,
  ],
  [
    "structs of garbage collection",
    [...HEADER, 1, 3, 1, 0x5f, 0],
    "WASM_UNSUPPORTED",
    /garbage collection/,
  ],
  [
    "an instruction of garbage collection",
    code(0xfb, 0, 0),
    "WASM_UNSUPPORTED",
    /garbage collection/,
  ],
  [
    "an instruction of threads",
    code(0xfe, 3, 0),
    "WASM_UNSUPPORTED",
    /threads/,
  ],
  [
    "a memory that threads share",
    [...HEADER, 5, 4, 1, 3, 1, 1],
    "WASM_UNSUPPORTED",
    /threads/,
  ],
  [
    "a memory of 64 bits",
    [...HEADER, 5, 3, 1, 4, 1],
    "WASM_UNSUPPORTED",
    /64-bit memory/,
  ],
  [
    "two memories",
    [...HEADER, 5, 5, 2, 0, 1, 0, 1],
    "WASM_UNSUPPORTED",
    /several memories/,
  ],
  ["a memory of 4 GiB", [...HEADER, 5, 5, 1, 0, 0x80, 0x80, 4], "TOO_LARGE"],
  [
    "a table of 4 billion elements",
    [...HEADER, 4, 8, 1, 0x70, 0, 0xff, 0xff, 0xff, 0xff, 0x0f],
    "TOO_LARGE",
  ],
  [
    "an imported memory",
    [...HEADER, 2, 8, 1, 1, 101, 1, 109, 2, 0, 1],
    "WASM_UNSUPPORTED",
    /memory "e" "m"/,
  ],
  [
    "an imported table",
    [...HEADER, 2, 9, 1, 1, 101, 1, 116, 1, 0x70, 0, 1],
    "WASM_UNSUPPORTED",
    /table "e" "t"/,
  ],
  [
    "a component of nothing",
    [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0],
    "WASM_UNSUPPORTED",
  ],
  [
    "a component in a component that never ends",
    [
      ...[0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 4, 100],
      ...[0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 4, 100],
    ],
    "WASM_INVALID",
  ],
];

/** A table, a global or a tag, and what it is to hold: `exnref`. */
const KEPT: readonly (readonly [string, readonly number[], RegExp])[] = [
  ["a table of exceptions", [4, 4, 1, 0x69, 0, 1], /in a table \(exnref\)/],
  [
    "a table of exceptions that has a start value",
    [4, 9, 1, 0x40, 0, 0x69, 0, 1, 0xd0, 0x69, 0x0b],
    /in a table \(exnref\)/,
  ],
  [
    "a global that keeps an exception",
    [6, 6, 1, 0x69, 1, 0xd0, 0x69, 0x0b],
    /in a global \(exnref\)/,
  ],
  [
    "a global that keeps an exception by its full type",
    [6, 7, 1, 0x63, 0x69, 1, 0xd0, 0x69, 0x0b],
    /in a global \(exnref\)/,
  ],
  [
    "an exception that keeps an exception",
    [1, 5, 1, 0x60, 1, 0x69, 0, 13, 3, 1, 0, 0],
    /in exceptions \(exnref\)/,
  ],
];

const GUESTS: readonly (readonly [string, GuestParts, RegExp?])[] = [
  [
    "an import of a function that nobody knows",
    { imports: '(import "env" "system" (func (param i32) (result i32)))' },
    /"env" "system"/,
  ],
  [
    "an import of a host function that there is not",
    {
      imports:
        '(import "forge:extension/host-database@0.2.0" "attach" (func (param i32)))',
    },
    /"attach"/,
  ],
  [
    "an import of a name that every object has",
    {
      imports:
        '(import "forge:extension/host-log@0.2.0" "constructor" (func (param i32)))',
    },
    /"constructor"/,
  ],
  [
    "an import of a module that every object has",
    { imports: '(import "__proto__" "toString" (func))' },
    /"__proto__"/,
  ],
  [
    "an import of WASI that there is not",
    {
      imports:
        '(import "wasi_snapshot_preview1" "proc_exec" (func (param i32)))',
    },
    /"proc_exec"/,
  ],
  [
    "an import of WASI that every object has",
    {
      imports:
        '(import "wasi_snapshot_preview1" "hasOwnProperty" (func (param i32)))',
    },
    /"hasOwnProperty"/,
  ],
  [
    "an import of a host function with another signature",
    {
      imports:
        '(import "forge:extension/host-log@0.2.0" "log" (func (param i64)))',
    },
    /the signature of .*"log" is \(i64\)/,
  ],
  [
    "an import of an older host",
    {
      imports:
        '(import "forge:extension/host-log@9.0.0" "log" (func (param i32 i32 i32)))',
    },
    /host-log@9\.0\.0/,
  ],
  [
    "an import of a global",
    { imports: '(import "env" "g" (global (mut i64)))' },
    /global "env" "g"/,
  ],
  [
    "a function of many locals and many ways, which takes minutes to compile",
    {
      extra: `(func (param i32) (local ${"i64 ".repeat(10_000)})
        ${"(block (br_if 0 (local.get 0)))".repeat(1000)})`,
    },
    /too long to compile/,
  ],
  [
    "a function of many operands and many ways, which takes gigabytes to compile",
    {
      extra: `(func (param i32)
        ${"(i32.const 1)".repeat(10_000)}
        ${"(block (br_if 0 (local.get 0)))".repeat(1000)}
        ${"(drop)".repeat(10_000)})`,
    },
    /too long to compile/,
  ],
  [
    "calls that carry a thousand values, one after the other",
    {
      extra: `(type $wide (func (param ${"i32 ".repeat(1000)})
          (result ${"i32 ".repeat(1000)})))
        (func $wide (type $wide) (unreachable))
        (func ${"(i32.const 1)".repeat(1000)}
          ${"(call $wide)".repeat(11_000)} (unreachable))`,
    },
    /too long to compile/,
  ],
  [
    "a function of a megabyte",
    { extra: `(func ${"nop ".repeat(1_000_001)})` },
    /more than 1000000 bytes/,
  ],
  [
    "exceptions that carry a thousand values",
    { extra: `(tag (param ${"i64 ".repeat(1000)}))` },
    /exceptions of 1000 values/,
  ],
  ["a memory that is not exported", { memory: "(memory $memory 1)" }, /memory/],
  [
    "an export with the name of the fuel",
    { exports: '(func (export "forge:fuel"))' },
    /forge:fuel/,
  ],
];

const CHANGED: readonly (readonly [string, string | RegExp, string, RegExp])[] =
  [
    [
      "a guest without get-schema",
      /\(func \(export "[^"]*#get-schema"\)[^\n]*/,
      "",
      /get-schema/,
    ],
    [
      "a guest without an allocator",
      '(export "cabi_realloc")',
      "",
      /cabi_realloc/,
    ],
    [
      "a get-info with a parameter",
      '#get-info") (result i32)',
      '#get-info") (param i32) (result i32)',
      /get-info/,
    ],
    [
      "a shutdown with a result",
      '#shutdown")',
      '#shutdown") (result i32) (i32.const 1)',
      /shutdown/,
    ],
    [
      "what frees a result, without a parameter",
      '#resolve-field") (param i32)',
      '#resolve-field")',
      /cabi_post_/,
    ],
    [
      "an init that is a global",
      '(func $init (export "forge:extension/extension-api@0.2.0#init")',
      '(global (export "forge:extension/extension-api@0.2.0#init") i32 (i32.const 0)) (func $init',
      /init/,
    ],
    [
      "a world of the future",
      /extension-api@0\.2\.0/g as unknown as RegExp,
      "extension-api@7.0.0",
      /7\.0\.0/,
    ],
  ];

testAttacks([
  ...BYTES.map(([name, bytes, code, words]): Attack => ({
    name,
    module: () => Promise.resolve(new Uint8Array(bytes)),
    during: "load",
    code,
    ...(words === undefined ? {} : { words }),
  })),
  ...KEPT.map(([name, bytes, words]): Attack => ({
    name,
    module: () => Promise.resolve(new Uint8Array([...HEADER, ...bytes])),
    during: "load",
    code: "WASM_UNSUPPORTED",
    words,
  })),
  ...GUESTS.map(([name, parts, words]): Attack => ({
    name,
    module: () => guest(parts),
    during: "load",
    code: "WASM_UNSUPPORTED",
    ...(words === undefined ? {} : { words }),
  })),
  ...CHANGED.map(([name, from, to, words]): Attack => ({
    name,
    module: () => assemble("guest.wat", guestText().replace(from, to)),
    during: "load",
    code: "WASM_UNSUPPORTED",
    words,
  })),
  {
    name: "a module that is larger than the limit",
    module: () => guest(),
    during: "load",
    code: "TOO_LARGE",
    limits: { moduleBytes: 500 },
  },
  {
    name: "a start function that traps",
    module: () => guest({ extra: "(func $f (unreachable)) (start $f)" }),
    during: "load",
    code: "WASM_TRAP",
  },
  {
    name: "a start function that calls the host",
    module: () =>
      guest({
        extra: `(func $f
          (call $log (i32.const 1) (i32.const 64) (i32.const 1))) (start $f)`,
      }),
    during: "load",
    code: "WASM_UNSUPPORTED",
  },
  {
    name: "data that does not fit into memory",
    module: () => guest({ extra: '(data (i32.const 65535) "no room")' }),
    during: "load",
    code: "WASM_TRAP",
  },
  {
    name: "elements that do not fit into a table",
    module: () =>
      guest({ extra: "(table 1 funcref) (elem (i32.const 5) $realloc)" }),
    during: "load",
    code: "WASM_TRAP",
  },
  {
    name: "an init that traps",
    module: () => guest({ init: "(unreachable)" }),
    during: "load",
    code: "WASM_TRAP",
  },
  {
    name: "an init that gives an error",
    module: () =>
      guest({
        extra:
          '(data (i32.const 256) "\\01\\00\\00\\00\\46\\00\\00\\00\\06\\00\\00\\00")',
        init: "(i32.const 256)",
      }),
    during: "load",
    code: "EXTENSION_INIT_FAILED",
  },
  ...["resolve", "init"].map((where): Attack => ({
    name: `a proc_exit in ${where}`,
    module: () =>
      guest({
        imports: `(import "wasi_snapshot_preview1" "proc_exit"
          (func $exit (param i32)))`,
        [where]: "(call $exit (i32.const 0)) (unreachable)",
      }),
    during: where === "init" ? "load" : "resolve",
    code: "WASM_TRAP",
    words: /exit status 0/,
  })),
  {
    name: "an exception that nobody catches",
    module: () =>
      guest({ extra: "(tag $e)", resolve: "(throw $e) (unreachable)" }),
    during: "resolve",
    code: "WASM_TRAP",
  },
  {
    name: "a guest that catches what the host throws, and goes on",
    module: () =>
      guest({
        resolve: `(loop $again (try (do
          (call $log (i32.const 99) (i32.const 0) (i32.const 0)))
          (catch_all)) (br $again)) (unreachable)`,
      }),
    during: "resolve",
    code: "EXTENSION_ABI",
  },
]);

Deno.test("names that every object has are no exports", async () => {
  await using stage = await openStage();
  const extension = await stage.load(await fixture("greeter"));
  for (const name of ["constructor", "__proto__", "toString", "", "memory"]) {
    const error = await assertRejects(() => extension.call(name), ForgeError);
    assertEquals(error.code, "EXPORT_NOT_FOUND", name);
  }
  assertEquals(await extension.call("count"), 1);
});

Deno.test("exports with names that every object has are called as they are", async () => {
  await using stage = await openStage();
  const bytes = await assemble(
    "names.wat",
    `(module
      (func (export "__proto__") (result i32) (i32.const 1))
      (func (export "constructor") (result i32) (i32.const 2))
      (func (export "then") (result i32) (i32.const 3)))`,
  );
  const extension = await stage.load(bytes);
  assertEquals(await extension.call("__proto__"), 1);
  assertEquals(await extension.call("constructor"), 2);
  assertEquals(await extension.call("then"), 3);
});

Deno.test("a hostile module among others is refused again and again, and they stay", async () => {
  await using stage = await openStage();
  const witness = await openWitness(stage);
  const bytes = await guest({ init: "(unreachable)" });
  for (let i = 0; i < 20; i++) {
    await assertRejects(
      () => stage.load(bytes, { name: "hostile" }),
      ForgeError,
    );
  }
  await checkWitness(witness);
});
