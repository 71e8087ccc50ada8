/**
 * The type section, and the types that imports carry.
 *
 * @module
 */

import type { WasmFunctionType, WasmMemory } from "./info.ts";
import { cannotMeter } from "./meter_error.ts";
import type { ByteReader } from "./reader.ts";

/** Value and heap types that are one byte (core spec, 5.3.1 to 5.3.4). */
const ONE_BYTE_TYPES: Readonly<Record<number, string>> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x78: "i8",
  0x77: "i16",
  0x74: "nullexnref",
  0x73: "nullfuncref",
  0x72: "nullexternref",
  0x71: "nullref",
  0x70: "funcref",
  0x6f: "externref",
  0x6e: "anyref",
  0x6d: "eqref",
  0x6c: "i31ref",
  0x6b: "structref",
  0x6a: "arrayref",
  0x69: "exnref",
  0x68: "contref",
  0x75: "nullcontref",
};

const REF_NULL = 0x63;
const REF = 0x64;
const SHARED = 0x65;
const FUNC = 0x60;
const STRUCT = 0x5f;
const ARRAY = 0x5e;
const SUB = 0x50;
const SUB_FINAL = 0x4f;
const REC = 0x4e;

/** Reads a value type (or a packed one) and gives its name in the text format. */
export function readValueType(reader: ByteReader): string {
  const byte = reader.byte();
  if (byte === REF || byte === REF_NULL) {
    return `(ref ${byte === REF ? "" : "null "}${readHeapType(reader)})`;
  }
  const name = ONE_BYTE_TYPES[byte];
  if (name === undefined) {
    throw reader.invalid(`unknown type 0x${byte.toString(16)}`, 1);
  }
  return name;
}

/** Reads a heap type: a type index, or one of the abstract ones. */
export function readHeapType(reader: ByteReader): string {
  const shared = reader.peek() === SHARED ? "shared " : "";
  if (shared !== "") reader.byte();
  const index = reader.s33();
  if (index >= 0) return `${shared}${index}`;
  const name = ONE_BYTE_TYPES[index + 0x80];
  if (name === undefined) {
    throw reader.invalid(`unknown heap type ${index}`, 1);
  }
  return shared + name.replace(/ref$/, "");
}

/** Types that are read: far more than programs have, and few enough to keep. */
const MAX_TYPES = 100_000;

/**
 * Reads the type section.
 *
 * @returns The types by index; `undefined` where one is not a function type.
 * @throws {ForgeError} `WASM_UNSUPPORTED` when there are more than 100,000.
 */
export function readTypeSection(
  reader: ByteReader,
): (WasmFunctionType | undefined)[] {
  const types: (WasmFunctionType | undefined)[] = [];
  const add = () => {
    if (types.length === MAX_TYPES) {
      throw cannotMeter(`it has more than ${MAX_TYPES} types`);
    }
    types.push(readSubType(reader));
  };
  for (let left = reader.count(); left > 0; left--) {
    if (reader.peek() !== REC) {
      add();
      continue;
    }
    reader.byte();
    for (let inGroup = reader.count(); inGroup > 0; inGroup--) add();
  }
  reader.finish();
  return types;
}

function readSubType(reader: ByteReader): WasmFunctionType | undefined {
  let form = reader.byte();
  if (form === SUB || form === SUB_FINAL) {
    for (let left = reader.count(); left > 0; left--) reader.u32();
    form = reader.byte();
  }
  if (form === SHARED) form = reader.byte();
  switch (form) {
    case FUNC:
      return {
        params: readValueTypes(reader),
        results: readValueTypes(reader),
      };
    case STRUCT:
      for (let left = reader.count(); left > 0; left--) skipFieldType(reader);
      return undefined;
    case ARRAY:
      skipFieldType(reader);
      return undefined;
    default:
      throw reader.invalid(`unknown type form 0x${form.toString(16)}`, 1);
  }
}

function readValueTypes(reader: ByteReader): string[] {
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left--) {
    types.push(readValueType(reader));
  }
  return types;
}

function skipFieldType(reader: ByteReader): void {
  readValueType(reader);
  readMutability(reader);
}

function readMutability(reader: ByteReader): void {
  const flag = reader.byte();
  // Bit 1 is "shared" in the proposal for shared everything.
  if (flag > 3) throw reader.invalid(`unknown mutability ${flag}`, 1);
}

/** Passes over a global's type. */
export function skipGlobalType(reader: ByteReader): void {
  readValueType(reader);
  readMutability(reader);
}

/** Passes over a table's type. */
export function skipTableType(reader: ByteReader): void {
  readValueType(reader);
  readLimits(reader);
}

/** Reads a memory's type. */
export function readMemoryType(
  reader: ByteReader,
  imported: boolean,
): WasmMemory {
  return { ...readLimits(reader), imported };
}

/** Flags of limits: a maximum, shared, 64-bit addresses, a page size of its own. */
const LIMITS = { max: 1, shared: 2, memory64: 4, pageSize: 8 } as const;

function readLimits(reader: ByteReader): Omit<WasmMemory, "imported"> {
  const flags = reader.byte();
  if (flags > 15) throw reader.invalid(`unknown limits flag ${flags}`, 1);
  const memory64 = (flags & LIMITS.memory64) !== 0;
  const read = () => memory64 ? Number(reader.u64()) : reader.u32();
  const min = read();
  const max = (flags & LIMITS.max) !== 0 ? { max: read() } : {};
  if ((flags & LIMITS.pageSize) !== 0) reader.u32();
  return { min, ...max, shared: (flags & LIMITS.shared) !== 0, memory64 };
}
