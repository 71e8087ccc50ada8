/** Guests that lie: each lie is refused, and says in which field it is. */

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bumpMemory } from "./bump_memory_test.ts";
import {
  AbiFault,
  type AbiType,
  bytes,
  enumeration,
  GuestMemory,
  liftFunction,
  list,
  lowerFunction,
  option,
  record,
  result,
  s64,
  string,
  u8,
} from "./mod.ts";

const PAGE = 65_536;

/** What a guest may say, with a bit of everything. */
const everything: AbiType<unknown> = record({
  name: string,
  level: enumeration(["low", "high"]),
  rows: list(list(option(string), { maxLength: 100 }), { maxLength: 100 }),
  outcome: result(bytes, s64),
});

/** Writes words into a memory and loads from where they start. */
function loadWords(
  type: AbiType<unknown>,
  words: readonly number[],
  text = "",
): unknown {
  const { guest, memory } = bumpMemory();
  new Uint32Array(memory.buffer, 1024).set(words);
  new Uint8Array(memory.buffer, 2048).set(
    Array.from(text, (char) => char.charCodeAt(0)),
  );
  guest.beginRead();
  return type.load(guest, 1024);
}

function faultOf(work: () => unknown): { reason: string; path: string } {
  const { reason, path } = assertThrows(work, AbiFault);
  return { reason, path };
}

interface Lie {
  readonly name: string;
  readonly type: AbiType<unknown>;
  readonly words: readonly number[];
  readonly bytes?: string;
  readonly reason: string;
  readonly path?: string;
}

const HUGE = 0xffff_ffff;
const texts = list(string, { maxLength: 100_000 });

const LIES: readonly Lie[] = [
  {
    name: "text that is longer than the memory",
    type: string,
    words: [0, PAGE + 1],
    reason: "text of 65537 bytes at 0 is out of its memory of 65536",
  },
  {
    name: "text that ends a byte behind the memory",
    type: string,
    words: [PAGE - 3, 4],
    reason: "text of 4 bytes at 65533 is out of its memory of 65536",
  },
  {
    name: "text whose end would wrap around 32 bits",
    type: string,
    words: [HUGE, HUGE],
    reason: `text of ${HUGE} bytes at ${HUGE} is out of its memory of 65536`,
  },
  {
    name: "text of nothing that is nowhere",
    type: string,
    words: [PAGE + 1, 0],
    reason: "text of 0 bytes at 65537 is out of its memory of 65536",
  },
  ...[
    ["a byte that never occurs", "ok\xff"],
    ["a character cut short", "ok\xe2\x82"],
    ["an overlong slash", "\xc0\xaf"],
    ["a surrogate", "\xed\xa0\x80"],
    ["a character beyond the last", "\xf4\x90\x80\x80"],
    ["a bad byte behind much that is good", `${"x".repeat(100)}\x80`],
  ].map(([what = "", bytes = ""]): Lie => ({
    name: `text with ${what}`,
    type: string,
    words: [2048, bytes.length],
    bytes,
    reason: `text of ${bytes.length} bytes at 2048 is not UTF-8`,
  })),
  {
    name: "bytes that are out of memory",
    type: bytes,
    words: [PAGE, 1],
    reason: "a list of bytes of 1 bytes at 65536 is out of its memory of 65536",
  },
  {
    name: "a list whose size overflows 32 bits",
    type: list(s64, { maxLength: Infinity }),
    words: [0, 0x2000_0001],
    reason: `a list of ${
      0x2000_0001 * 8
    } bytes at 0 is out of its memory of 65536`,
  },
  {
    name: "a list that is not aligned",
    type: list(s64, { maxLength: Infinity }),
    words: [1028, 1],
    reason: "a list at 1028 is not aligned to 8",
  },
  {
    name: "a list that is longer than the host wants",
    type: list(u8, { maxLength: 3 }),
    words: [0, 4],
    reason: "a list of 4 elements is longer than 3",
  },
  {
    name: "an element that lies",
    type: texts,
    words: [1032, 2, 2048, 0, HUGE, 1],
    reason: `text of 1 bytes at ${HUGE} is out of its memory of 65536`,
    path: "[1]",
  },
  {
    name: "a list of itself, over and over",
    type: list(texts, { maxLength: 100_000 }),
    words: [1024, 4000],
    reason:
      "text of 4000 bytes at 1024 overlaps others: together they are larger than its memory",
    path: "[0][0]",
  },
  {
    name: "an enum without such a case",
    type: enumeration(["a", "b"]),
    words: [2],
    reason: "there is no case 2 of 2",
  },
  {
    name: "an option that is neither",
    type: option(string),
    words: [2],
    reason: "there is no case 2 of 2",
  },
  {
    name: "a lie deep inside",
    type: everything,
    words: [0, 0, 1, 1056, 1, 0, 0, 0, 1064, 1, 1, 7, PAGE],
    reason: "text of 65536 bytes at 7 is out of its memory of 65536",
    path: "rows[0][0].some",
  },
];

for (const lie of LIES) {
  Deno.test(`${lie.name} is refused`, () => {
    const load = () => loadWords(lie.type, lie.words, lie.bytes);
    assertEquals(faultOf(load), { reason: lie.reason, path: lie.path ?? "" });
  });
}

Deno.test("whatever is in a memory is a value or a fault, and no value is larger than the memory", () => {
  const word = fc.oneof(
    fc.nat(8),
    fc.nat(PAGE + 16),
    fc.integer({ min: 1024, max: 2048 }).map((at) => at - at % 8),
    fc.constant(HUGE),
    fc.nat(HUGE),
  );
  const words = fc.array(word, { minLength: 14, maxLength: 200 });
  fc.assert(
    fc.property(words, (each) => {
      let size = 0;
      try {
        size = JSON.stringify(
          loadWords(everything, each),
          (_, value) =>
            typeof value === "bigint"
              ? 0
              : value instanceof Uint8Array
              ? value.length
              : value,
        ).length;
      } catch (error) {
        if (!(error instanceof AbiFault)) throw error;
      }
      assertEquals(size < 20 * PAGE, true);
    }),
    { numRuns: 2000 },
  );
});

const ALLOCATIONS: readonly [string, number, string][] = [
  [
    "behind its memory",
    PAGE,
    "an allocation of 64 bytes at 65536 is out of its memory of 65536",
  ],
  [
    "that ends behind its memory",
    PAGE - 56,
    "an allocation of 64 bytes at 65480 is out of its memory of 65536",
  ],
  [
    "below zero",
    -8,
    "an allocation of 64 bytes at 4294967288 is out of its memory of 65536",
  ],
  ["that is not aligned", 1025, "an allocation at 1025 is not aligned to 8"],
];

for (const [what, pointer, reason] of ALLOCATIONS) {
  Deno.test(`an allocator that gives a place ${what} is refused`, () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const guest = new GuestMemory({ memory, realloc: () => pointer });
    assertEquals(faultOf(() => guest.allocate(64, 8)).reason, reason);
  });
}

Deno.test("a guest without allocator gets nothing but nothing", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const guest = new GuestMemory({ memory });
  assertEquals(guest.allocate(0, 8), 8);
  assertEquals(
    faultOf(() => guest.allocate(1, 1)).reason,
    "it exports no allocator",
  );
});

const ECHO = {
  name: "echo",
  params: record({ text: string }),
  result: string,
};

Deno.test("the place for a result is checked before anything is done", () => {
  const { guest } = bumpMemory();
  let calls = 0;
  const echo = lowerFunction(ECHO, () => guest, ({ text }) => {
    calls += 1;
    return text;
  });
  for (const place of [PAGE - 4, 1022, -4]) {
    assertEquals(faultOf(() => echo(0, 0, place)).path, "echo");
  }
  assertEquals(calls, 0);
});

Deno.test("a parameter that lies is named with its function", () => {
  const { guest } = bumpMemory();
  const echo = lowerFunction(ECHO, () => guest, ({ text }) => text);
  assertEquals(faultOf(() => echo(-1, 1, 1024)).path, "echo.text");
});

Deno.test("a result that lies is named", () => {
  const { guest } = bumpMemory();
  for (const pointer of [PAGE - 4, 1, -4]) {
    const echo = liftFunction(ECHO, { memory: guest, target: () => pointer });
    assertEquals(faultOf(() => echo({ text: "" })).path, "result");
  }
});

Deno.test("an allocator, and what frees a result, may not call the host", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const guest: GuestMemory = new GuestMemory({
    memory,
    realloc: () => Number(log(0, 0) ?? 64),
  });
  const log = lowerFunction(
    { name: "log", params: record({ text: string }) },
    () => guest,
    () => {},
  );
  const expected = {
    reason: "it calls the host while the host allocates or frees",
    path: "log",
  };
  assertEquals(faultOf(() => guest.allocate(1, 1)), expected);
  const quiet = bumpMemory().guest;
  const noisy = lowerFunction(
    { name: "log", params: record({ text: string }) },
    () => quiet,
    () => {},
  );
  const echo = liftFunction(ECHO, {
    memory: quiet,
    target: () => 1024,
    postReturn: () => noisy(0, 0),
  });
  assertEquals(faultOf(() => echo({ text: "" })), expected);
});

Deno.test("what the host passes must be what it says", () => {
  const { guest } = bumpMemory();
  const wrong: readonly [AbiType<unknown>, unknown][] = [
    [string, 1],
    [string, undefined],
    [bytes, [1, 2]],
    [list(string, { maxLength: 1 }), "text"],
    [enumeration(["a"]), "b"],
  ];
  for (const [type, value] of wrong) {
    assertThrows(() => type.store(guest, 1024, value), TypeError);
  }
});
