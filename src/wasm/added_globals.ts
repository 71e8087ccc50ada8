/**
 * The globals that a metered module has more than before: its fuel, and whether
 * it was refused memory. Both come after its own, and are exported.
 *
 * @module
 */

import type { ByteWriter } from "./byte_writer.ts";
import { cannotMeter } from "./meter_error.ts";
import { skipGlobals } from "./meter_limits.ts";
import { OP } from "./opcodes.ts";
import type { ByteReader } from "./reader.ts";

/** Name under which a metered module exports its fuel, unless told otherwise. */
export const FUEL_EXPORT = "forge:fuel";

/** Name under which a metered module exports whether it was refused memory: an `i32` global, 1 if so. */
export const DENIED_EXPORT = "forge:denied";

/** Globals and exports that a metered module has more: fuel, and whether memory was refused. */
const ADDED_GLOBALS = 2;

/** Fuel that lasts longer than any machine: what a module has until it is given less. */
const ENDLESS_FUEL = 2n ** 63n - 1n;

/** Exports of a module: each is an object of the host, of about a kilobyte. */
const MAX_EXPORTS = 50_000;

/** Kind of an export that is a global. */
const GLOBAL = 3;

/** What is to be known of the added globals. */
export interface AddedGlobals {
  /** Name of the export of the fuel; {@linkcode FUEL_EXPORT} if not given. */
  readonly fuelExport?: string;
  /** Fuel at the start; endless if not given. */
  readonly initialFuel?: bigint;
}

/**
 * Rewrites the global section.
 *
 * @param reader The section; nothing where the module has none.
 * @returns How many globals it had itself.
 */
export function rewriteGlobals(
  reader: ByteReader | undefined,
  output: ByteWriter,
  { initialFuel = ENDLESS_FUEL }: AddedGlobals,
): number {
  const count = reader?.count() ?? 0;
  output.u32(count + ADDED_GLOBALS);
  if (reader !== undefined) {
    const start = reader.offset;
    skipGlobals(reader, count);
    output.copy(reader.bytes, start, reader.end);
  }
  output.bytes([0x7e, 0x01, OP.i64Const]);
  output.bytes(signedLeb128(BigInt.asIntN(64, initialFuel)));
  output.byte(OP.end);
  output.bytes([0x7f, 0x01, OP.i32Const, 0, OP.end]);
  return count;
}

/**
 * Rewrites the export section.
 *
 * @param reader The section; nothing where the module has none.
 * @param globals How many globals the module has itself, imported ones included.
 * @throws {ForgeError} `WASM_UNSUPPORTED` where it has an export of that name.
 */
export function rewriteExports(
  reader: ByteReader | undefined,
  output: ByteWriter,
  { fuelExport = FUEL_EXPORT, globals }: AddedGlobals & {
    readonly globals: number;
  },
): void {
  const added = [fuelExport, DENIED_EXPORT];
  const count = reader?.count() ?? 0;
  if (count > MAX_EXPORTS) {
    throw cannotMeter(
      `it has ${count} exports, more than ${MAX_EXPORTS}`,
      "Export only what is called",
    );
  }
  output.u32(count + ADDED_GLOBALS);
  if (reader !== undefined) {
    const start = reader.offset;
    checkExports(reader, count, { added, globals });
    output.copy(reader.bytes, start, reader.end);
  }
  added.forEach((name, i) => {
    output.name(name);
    output.byte(GLOBAL);
    output.u32(globals + i);
  });
}

/** What is added must be neither exported by the module nor have its name. */
function checkExports(
  reader: ByteReader,
  count: number,
  { added, globals }: {
    readonly added: readonly string[];
    readonly globals: number;
  },
): void {
  for (let left = count; left > 0; left--) {
    const name = reader.name();
    if (added.includes(name)) throw cannotMeter(`it exports "${name}" itself`);
    const kind = reader.byte();
    const index = reader.u32();
    if (kind === GLOBAL && index >= globals) {
      throw reader.invalid(`there is no global ${index}`, 1);
    }
  }
  reader.finish();
}

function signedLeb128(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && byte < 0x40) ||
      (rest === -1n && byte >= 0x40);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}
