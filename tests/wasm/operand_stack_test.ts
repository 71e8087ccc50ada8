/** What is known of operands is exact for valid modules: at every end of a block, and never too few. */

import { assertEquals, assertGreater } from "@std/assert";
import { type Arity, OperandStack } from "../../src/wasm/operand_stack.ts";
import { meter } from "../../src/wasm/mod.ts";
import { readCorpus } from "./corpus.ts";

interface Block {
  /** Operands below it. */
  readonly base: number;
  isReachable: boolean;
}

/** Does something while the heights of all stacks are watched; gives what was wrong with them. */
function watchHeights(work: () => void): { wrong: string[]; ends: number } {
  const prototype = OperandStack.prototype;
  const { start, open, close, stop, restart, change } = prototype;
  const wrong: string[] = [];
  let ends = 0;
  let blocks: Block[] = [];
  prototype.start = function (results: number) {
    blocks = [];
    start.call(this, results);
  };
  prototype.open = function (block: Arity, isLoop?: boolean) {
    open.call(this, block, isLoop);
    blocks.push({ base: this.height - block.takes, isReachable: true });
  };
  prototype.stop = function () {
    blocks.at(-1)!.isReachable = false;
    stop.call(this);
  };
  prototype.restart = function (operands?: number) {
    blocks.at(-1)!.isReachable = true;
    restart.call(this, operands);
  };
  prototype.change = function (takes: number, gives: number) {
    const block = blocks.at(-1);
    if (block?.isReachable === true && this.height - takes < block.base) {
      wrong.push(`${takes} taken of ${this.height - block.base}`);
    }
    change.call(this, takes, gives);
  };
  prototype.close = function () {
    const before = this.height;
    close.call(this);
    ends += 1;
    if (blocks.pop()?.isReachable === true && before !== this.height) {
      wrong.push(`${before} at an end that gives ${this.height}`);
    }
  };
  try {
    work();
  } finally {
    Object.assign(prototype, { start, open, close, stop, restart, change });
  }
  return { wrong, ends };
}

Deno.test("the number of operands is exact at every end of a block", async () => {
  const corpus = [
    ...await readCorpus(),
    await Deno.readFile(new URL("../fixtures/tracker.wasm", import.meta.url)),
  ];
  const modules = corpus.filter((bytes) => WebAssembly.validate(bytes));
  const { wrong, ends } = watchHeights(() => {
    for (const bytes of modules) meter(bytes);
  });
  assertEquals(wrong, []);
  assertGreater(ends, 2000);
});

/** Opcodes behind the prefix of vectors that the corpus does not have, with their operands. */
const VECTORS: readonly (readonly [string, readonly number[], string])[] = [
  ["three", [0x52], "v v v"],
  ["two", [0x0d, ...new Array<number>(16).fill(0)], "v v"],
  ...[0x0e, 0x23, 0x4c, 0x4e, 0x65, 0x71, 0x7b, 0x82, 0x95, 0x9f, 0xba]
    .map((opcode) => ["two", [opcode], "v v"] as const),
  ...[0xd1, 0xdb, 0xe4, 0xeb, 0xf7].map((opcode) =>
    ["two", [opcode], "v v"] as const
  ),
  ...[0x4d, 0x60, 0x62, 0x67, 0x75, 0x7a, 0x7f, 0x81, 0x8a, 0x94, 0xa0]
    .map((opcode) => ["one", [opcode], "v"] as const),
  ...[0xaa, 0xc1, 0xca, 0xe3, 0xef, 0xf8, 0xff].map((opcode) =>
    ["one", [opcode], "v"] as const
  ),
];

for (const [count, code, operands] of VECTORS) {
  Deno.test(`vector instruction 0x${code[0]?.toString(16)} takes ${count}`, () => {
    const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
    const leb = (value: number) =>
      value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
    const [opcode = 0, ...rest] = code;
    const body = [
      0,
      ...operands.split(" ").flatMap(() => zero),
      ...[0xfd, ...leb(opcode), ...rest, 0x1a, 0x0b],
    ];
    const bytes = new Uint8Array([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
      ...[10, ...leb(body.length + 1 + leb(body.length).length)],
      ...[1, ...leb(body.length), ...body],
    ]);
    assertEquals(WebAssembly.validate(bytes), true);
    assertEquals(watchHeights(() => meter(bytes)).wrong, []);
  });
}
