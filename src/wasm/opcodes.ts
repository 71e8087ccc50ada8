/**
 * The instructions of core WASM: what follows each opcode, and which are
 * refused.
 *
 * @see {@link https://webassembly.github.io/spec/core/binary/instructions.html}
 *
 * @module
 */

/**
 * Numbers of the opcodes that the rewriter knows by name. Those behind a prefix
 * are counted on from {@linkcode BULK_BASE} and {@linkcode VECTOR_BASE}.
 */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableSet: 0x26,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtS: 0x48,
  i64LtS: 0x53,
  i64Sub: 0x7d,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  i64ExtendI32U: 0xad,
  refFunc: 0xd2,
  brOnNull: 0xd5,
  brOnNonNull: 0xd6,
  memoryInit: 0x108,
  dataDrop: 0x109,
  memoryCopy: 0x10a,
  memoryFill: 0x10b,
  tableInit: 0x10c,
  elemDrop: 0x10d,
  tableCopy: 0x10e,
  tableGrow: 0x10f,
  tableFill: 0x111,
} as const;

/** Prefix bytes. */
export const PREFIX = { gc: 0xfb, bulk: 0xfc, vector: 0xfd, atomics: 0xfe };

/** Where the numbers of `0xfc` opcodes start here. */
export const BULK_BASE = 0x100;
/** Where the numbers of `0xfd` opcodes start here. */
export const VECTOR_BASE = 0x200;

/** What follows an opcode. */
export const IMMEDIATE = {
  /** No such instruction. */
  unknown: 0,
  none: 1,
  /** The type of a block. */
  blockType: 2,
  /** One index. */
  index: 3,
  /** Two indexes. */
  indexPair: 4,
  /** A vector of labels and one more. */
  labels: 5,
  /** Alignment, maybe an index of a memory, and an offset. */
  memory: 6,
  /** The same and a lane. */
  memoryLane: 7,
  lane: 8,
  i32: 9,
  i64: 10,
  f32: 11,
  f64: 12,
  v128: 13,
  heapType: 14,
  /** A vector of value types. */
  valueTypes: 15,
  /** The type of a block and a vector of handlers. */
  handlers: 16,
} as const;

/** What follows each opcode, by its number. */
export const IMMEDIATES: Uint8Array = table();

function table(): Uint8Array {
  const kinds = new Uint8Array(VECTOR_BASE + 0x114);
  const set = (kind: number, ...ranges: (number | [number, number])[]) => {
    for (const range of ranges) {
      const [from, to] = typeof range === "number" ? [range, range] : range;
      kinds.fill(kind, from, to + 1);
    }
  };
  const bulk = (opcode: number) => BULK_BASE + opcode;
  const vector = (from: number, to = from): [number, number] => [
    VECTOR_BASE + from,
    VECTOR_BASE + to,
  ];
  set(IMMEDIATE.none, 0x00, 0x01, 0x05, 0x0a, 0x0b, 0x0f, 0x19, 0x1a, 0x1b);
  set(IMMEDIATE.none, [0x45, 0xc4], 0xd1, 0xd4);
  set(IMMEDIATE.none, [bulk(0), bulk(7)]);
  set(IMMEDIATE.none, vector(0x0e, 0x14), vector(0x23, 0x53));
  set(IMMEDIATE.none, vector(0x5e, 0xff), vector(0x100, 0x113));
  set(IMMEDIATE.blockType, 0x02, 0x03, 0x04, 0x06);
  set(IMMEDIATE.index, [0x07, 0x09], 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15);
  set(IMMEDIATE.index, 0x18, [0x20, 0x26], 0x3f, 0x40, 0xd2, 0xd5, 0xd6);
  set(IMMEDIATE.index, bulk(9), bulk(11), bulk(13), [bulk(15), bulk(17)]);
  set(IMMEDIATE.indexPair, 0x11, 0x13, bulk(8), bulk(10), bulk(12), bulk(14));
  set(IMMEDIATE.labels, 0x0e);
  set(IMMEDIATE.memory, [0x28, 0x3e], vector(0x00, 0x0b), vector(0x5c, 0x5d));
  set(IMMEDIATE.memoryLane, vector(0x54, 0x5b));
  set(IMMEDIATE.lane, vector(0x15, 0x22));
  set(IMMEDIATE.i32, 0x41);
  set(IMMEDIATE.i64, 0x42);
  set(IMMEDIATE.f32, 0x43);
  set(IMMEDIATE.f64, 0x44);
  set(IMMEDIATE.v128, vector(0x0c, 0x0d));
  set(IMMEDIATE.heapType, 0xd0);
  set(IMMEDIATE.valueTypes, 0x1c);
  set(IMMEDIATE.handlers, 0x1f);
  return kinds;
}

/** Names what is refused, for the message. */
export function describeUnknown(prefix: number, opcode: number): string {
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  switch (prefix) {
    case PREFIX.gc:
      return `garbage collection (0xfb 0x${hex(opcode)})`;
    case PREFIX.atomics:
      return `threads (0xfe 0x${hex(opcode)})`;
    case 0:
      return opcode === 0xd3
        ? "garbage collection (0xd3)"
        : `an unknown instruction (0x${hex(opcode)})`;
    default:
      return `an unknown instruction (0x${hex(prefix)} 0x${hex(opcode)})`;
  }
}
