/** Extensions that lie about their data, in every type of the world. */

import { type Attack, testAttacks } from "./contained.ts";
import {
  answering,
  escape,
  FREE,
  guest,
  type GuestParts,
  words,
} from "./guest.ts";

/** Texts that are not UTF-8. */
const BAD_TEXTS: readonly (readonly [string, readonly number[]])[] = [
  ["a stray continuation byte", [0x61, 0x80]],
  ["a byte that starts nothing", [0xff, 0x61]],
  ["a character that is cut off", [0x61, 0xf0, 0x9f, 0x8e]],
  ["an overlong form", [0xc0, 0xaf]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["a code point that is too high", [0xf4, 0x90, 0x80, 0x80]],
];

const OUTSIDE = 65_536;
const HUGE = 0xffffffff;

/** A pointer and a length that lead out of 64 KiB of memory. */
const BAD_RANGES: readonly (readonly [string, number, number])[] = [
  ["a pointer beyond memory", OUTSIDE, 1],
  ["a length beyond memory", 65_000, 1_000],
  ["a length of 4 GiB", 0, HUGE],
  ["a pointer and length whose sum overflows", 0xfffffff0, 0x20],
  ["a pointer of -1", HUGE, 1],
];

function results(): [string, GuestParts][] {
  const text = (at: number, length: number) => words(0, at, length);
  return [
    ...BAD_TEXTS.flatMap(([what, bytes]): [string, GuestParts][] => {
      const data = escape(bytes);
      const at = FREE + 32;
      const fill = words(0, 0, 0, 0, 0);
      return [0, 1].map((tag) => [
        `${what} in ${tag === 0 ? "a result" : "an error"}`,
        answering(words(tag, at, bytes.length) + fill + data),
      ]);
    }),
    ...BAD_RANGES.map(([what, at, length]): [string, GuestParts] => [
      `${what} in a result`,
      answering(text(at, length)),
    ]),
    ["case 2 of a result", answering(words(2, 0, 0))],
    ["case 7 of a result", answering(words(7, 0, 0))],
    ["case 255 of a result", answering(words(255, 0, 0))],
    ["a result that is not aligned", answering(words(0, 0, 0), FREE + 1)],
    ["a result beyond memory", answering("", OUTSIDE)],
    ["a result that sticks out of memory", answering("", OUTSIDE - 8)],
    ["a result at -4", answering("", -4)],
  ];
}

/** The record of get-info at {@linkcode FREE}: name, version, list of capabilities. */
function info(...values: readonly number[]): GuestParts {
  return {
    extra: `(data (i32.const ${FREE}) "${words(...values)}\\ff\\ff\\ff\\ff")`,
    getInfo: `(i32.const ${FREE})`,
  };
}

function atLoad(): [string, GuestParts][] {
  const bad = FREE + 24;
  const schema = (at: number, length: number): GuestParts => ({
    extra: `(data (i32.const ${FREE}) "${words(at, length)}\\ff")`,
    getSchema: `(i32.const ${FREE})`,
  });
  const init = (...values: readonly number[]): GuestParts => ({
    extra: `(data (i32.const ${FREE}) "${words(...values)}\\ff")`,
    init: `(i32.const ${FREE})`,
  });
  return [
    ...BAD_RANGES.flatMap(([what, at, length]): [string, GuestParts][] => [
      [`${what} as the name of get-info`, info(at, length, 0, 0, 0, 0)],
      [`${what} as the version of get-info`, info(0, 0, at, length, 0, 0)],
      [
        `${what} as the capabilities of get-info`,
        info(0, 0, 0, 0, at & ~3, length),
      ],
      [`${what} as the schema`, schema(at, length)],
      [`${what} as the error of init`, init(1, at, length)],
    ]),
    ["a name that is not UTF-8", info(bad, 1, 0, 0, 0, 0)],
    ["a version that is not UTF-8", info(0, 0, bad, 1, 0, 0)],
    ["a list that is not aligned", info(0, 0, 0, 0, FREE + 2, 1)],
    ["a list of 536,870,912 texts", info(0, 0, 0, 0, 0, 0x20000000)],
    [
      "a list that overlaps itself a thousand times",
      {
        // Each of its elements is the whole memory.
        extra: `(data (i32.const ${FREE}) "${
          words(0, 0, 0, 0, FREE + 24, 1000)
        }${words(...Array(1000).fill([0, 65_000]).flat())}")`,
        getInfo: `(i32.const ${FREE})`,
      },
    ],
    ["a schema that is not UTF-8", schema(FREE + 8, 1)],
    ["a schema that is not aligned", { getSchema: `(i32.const 57)` }],
    ["an error of init that is not UTF-8", init(1, FREE + 12, 1)],
    ["case 2 of the result of init", init(2, 0, 0)],
    ["a result of init beyond memory", { init: `(i32.const ${OUTSIDE})` }],
  ];
}

/** What a guest passes to the host while it resolves a field. */
function calls(): [string, GuestParts][] {
  const done = "(i32.const 16)";
  const log = (level: number, at: number, length: number): GuestParts => ({
    extra: `(data (i32.const ${FREE}) "\\ff")`,
    resolve: `(call $log (i32.const ${level}) (i32.const ${
      at | 0
    }) (i32.const ${length | 0})) ${done}`,
  });
  const statement = (
    name: string,
    ...values: readonly number[]
  ): GuestParts => ({
    extra: `(data (i32.const ${FREE}) "SELECT ?1")
      (data (i32.const ${FREE + 16}) "\\ff")`,
    resolve: `(call $${name} ${
      values.map((value) => `(i32.const ${value | 0})`).join(" ")
    }) ${done}`,
  });
  const params = FREE + 32;
  /** A query with one parameter of 16 bytes. */
  const parameter = (...values: readonly number[]): GuestParts => ({
    extra: `(data (i32.const ${FREE}) "SELECT ?1")
      (data (i32.const ${FREE + 16}) "\\ff")
      (data (i32.const ${params}) "${words(...values)}")`,
    resolve:
      `(call $query (i32.const ${FREE}) (i32.const 9) (i32.const ${params})
      (i32.const 1) (i32.const 512)) ${done}`,
  });
  return [
    ["level 5 of a log line", log(5, 0, 0)],
    ["level -1 of a log line", log(-1, 0, 0)],
    ["a log line that is not UTF-8", log(2, FREE, 1)],
    ...BAD_RANGES.flatMap(([what, at, length]): [string, GuestParts][] => [
      [`${what} as a log line`, log(2, at, length)],
      [`${what} as a query`, statement("query", at, length, 0, 0, 512)],
      [`${what} as a statement`, statement("execute", at, length, 0, 0, 512)],
      [`${what} as a script`, statement("migrate", at, length, 512)],
      [
        `${what} as parameters of a query`,
        statement("query", FREE, 8, at & ~7, length, 512),
      ],
      [
        `${what} as parameters of a statement`,
        statement("execute", FREE, 8, at & ~7, length, 512),
      ],
      [`${what} as text among parameters`, parameter(4, 0, at, length)],
      [`${what} as bytes among parameters`, parameter(5, 0, at, length)],
    ]),
    ["a query that is not UTF-8", statement("query", FREE + 16, 1, 0, 0, 512)],
    [
      "a statement that is not UTF-8",
      statement("execute", FREE + 16, 1, 0, 0, 512),
    ],
    ["a script that is not UTF-8", statement("migrate", FREE + 16, 1, 512)],
    ["text among parameters that is not UTF-8", parameter(4, 0, FREE + 16, 1)],
    ["case 6 of a parameter", parameter(6, 0, 0, 0)],
    ["case 255 of a parameter", parameter(255, 0, 0, 0)],
    [
      "parameters that are not aligned",
      statement("query", FREE, 9, params + 4, 1, 512),
    ],
    [
      "268,435,456 parameters",
      statement("query", FREE, 9, params, 0x10000000, 512),
    ],
    [
      "a place for the rows beyond memory",
      statement("query", FREE, 9, 0, 0, OUTSIDE),
    ],
    [
      "a place for the rows that is not aligned",
      statement("query", FREE, 9, 0, 0, 514),
    ],
    [
      "a place for the counts that sticks out of memory",
      statement("execute", FREE, 9, 0, 0, OUTSIDE - 16),
    ],
    [
      "a place for the counts that is not aligned to 8",
      statement("execute", FREE, 9, 0, 0, 516),
    ],
    [
      "a place for the outcome of a script at -4",
      statement("migrate", FREE, 9, -4),
    ],
  ];
}

/** Allocators that are no allocators. */
function allocators(): [string, GuestParts, Attack["code"]][] {
  return [
    [
      "an allocator that points beyond memory",
      { realloc: `(i32.const ${OUTSIDE})` },
      "EXTENSION_ABI",
    ],
    [
      "an allocator that points to the last byte",
      { realloc: `(i32.const ${OUTSIDE - 1})` },
      "EXTENSION_ABI",
    ],
    [
      "an allocator that gives -1",
      { realloc: "(i32.const -1)" },
      "EXTENSION_ABI",
    ],
    ["an allocator that traps", { realloc: "(unreachable)" }, "WASM_TRAP"],
    [
      "an allocator that calls the host",
      {
        realloc: `(call $log (i32.const 1) (i32.const 64) (i32.const 1))
          (i32.const 1024)`,
      },
      "EXTENSION_ABI",
    ],
  ];
}

const cases = (
  during: Attack["during"],
  attacks: readonly (readonly [string, GuestParts, Attack["code"]?])[],
) =>
  attacks.map(([name, parts, code = "EXTENSION_ABI"]): Attack => ({
    name,
    module: () => guest(parts),
    during,
    code,
  }));

testAttacks([
  ...cases("resolve", results()),
  ...cases("load", atLoad()),
  ...cases("resolve", calls()),
  ...cases("load", allocators()),
  ...cases("resolve", [
    [
      "an allocator that is not aligned for a record",
      {
        realloc: `(if (result i32) (i32.gt_u (local.get $align) (i32.const 1))
          (then (i32.const 1025))
          (else (call $allocate (local.get $align) (local.get $size))))`,
      },
    ],
    [
      "an allocator that calls the export it allocates for",
      {
        extra: "(global $depth (mut i32) (i32.const 0))",
        realloc:
          `(global.set $depth (i32.add (global.get $depth) (i32.const 1)))
          (if (i32.eq (local.get $size) (i32.const 192)) (then
            (drop (call $resolve (i32.const 1024)))))
          (call $allocate (local.get $align) (local.get $size))`,
        resolve: `(if (i32.eq (global.get $depth) (i32.const 4)) (then))
          (call $log (i32.const 1) (i32.const 64) (i32.const 1))
          (i32.const 16)`,
      },
    ],
    [
      "what frees a result, and calls the host",
      { post: "(call $log (i32.const 1) (i32.const 64) (i32.const 1))" },
    ],
    ["what frees a result, and traps", { post: "(unreachable)" }, "WASM_TRAP"],
  ]),
]);
