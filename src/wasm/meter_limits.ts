/**
 * Limits of memories and tables, rewritten so that they cannot outgrow the
 * host.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { Instructions } from "./instructions.ts";
import { cannotMeter } from "./meter_error.ts";
import { readKeptType } from "./module_types.ts";
import { OP } from "./opcodes.ts";
import type { ByteReader } from "./reader.ts";

/** The largest memory of WASM without 64-bit addresses, in pages. */
const MAX_PAGES = 65_536;
/** The most elements that a table's limits can say. */
const MAX_ELEMENTS = 2 ** 32 - 1;

/** A byte in front of tables whose elements have a start value. */
const TABLE_WITH_START = 0x40;

/** Flags of limits that are refused, and what they stand for. */
const SHARED = 2;
const ADDRESSES_OF_64_BITS = 4;

/**
 * Rewrites the memory section.
 *
 * @param reader The section.
 * @param output Where to write it.
 * @param maxPages Pages that the memory may have.
 * @param name What that limit is called where it was set.
 */
export function rewriteMemories(
  reader: ByteReader,
  { output, maxPages, name }: {
    output: ByteWriter;
    maxPages: number;
    name: string;
  },
): void {
  const count = reader.count();
  if (count > 1) throw cannotMeter("it has several memories");
  output.u32(count);
  if (count === 1) {
    rewriteLimits(reader, output, {
      what: "memory",
      unit: "pages",
      limit: maxPages,
      most: MAX_PAGES,
      hint: `Raise ${name}, or build it with a smaller memory`,
    });
  }
  reader.finish();
}

/**
 * Rewrites the table section.
 *
 * @param reader The section.
 * @param output Where to write it.
 * @param maxElements Elements that all tables together may have.
 */
export function rewriteTables(
  reader: ByteReader,
  { output, maxElements }: { output: ByteWriter; maxElements: number },
): void {
  const count = reader.count();
  output.u32(count);
  const limit = Math.floor(maxElements / Math.max(1, count));
  for (let left = count; left > 0; left--) {
    const start = reader.offset;
    const hasStart = reader.peek() === TABLE_WITH_START;
    if (hasStart) reader.take(2);
    readKeptType(reader, "in a table");
    output.copy(reader.bytes, start, reader.offset);
    rewriteLimits(reader, output, {
      what: "table",
      unit: "elements",
      limit,
      most: MAX_ELEMENTS,
      hint: "Build it with a smaller table",
    });
    if (hasStart) {
      const expression = reader.offset;
      skipExpression(reader);
      output.copy(reader.bytes, expression, reader.offset);
    }
  }
  reader.finish();
}

interface Bound {
  readonly what: string;
  readonly unit: string;
  /** What this host allows. */
  readonly limit: number;
  /** What WASM allows. */
  readonly most: number;
  /** What to do about one that starts beyond the limit. */
  readonly hint: string;
}

function rewriteLimits(
  reader: ByteReader,
  output: ByteWriter,
  { what, unit, limit, most, hint }: Bound,
): void {
  const flags = reader.byte();
  if (flags > 1) throw cannotMeter(featureOf(flags, what));
  const min = reader.u32();
  const max = flags === 1 ? reader.u32() : most;
  if (min > limit) {
    throw new ForgeError(
      "TOO_LARGE",
      `Cannot run WASM module: its ${what} starts with ${min} ${unit}, the limit is ${limit}`,
      { hint },
    );
  }
  if (max < min) throw reader.invalid("a maximum is below its minimum");
  if (max > most) throw reader.invalid(`a maximum is above ${most}`);
  output.byte(1);
  output.u32(min);
  output.u32(Math.min(max, limit));
}

/** Passes over the limits of what is imported: they are those of whoever gives it. */
export function skipLimits(reader: ByteReader): void {
  const flags = reader.byte();
  if (flags > 1) throw cannotMeter(featureOf(flags, "memory or table"));
  reader.u32();
  if (flags === 1) reader.u32();
}

function featureOf(flags: number, what: string): string {
  if ((flags & ADDRESSES_OF_64_BITS) !== 0) return `it has a 64-bit ${what}`;
  if ((flags & SHARED) !== 0) return `it has a shared ${what} (threads)`;
  return `it has a ${what} with a page size of its own`;
}

/** Passes over the globals that a module defines; refuses those that keep what they must not. */
export function skipGlobals(reader: ByteReader, count: number): void {
  for (let left = count; left > 0; left--) {
    readKeptType(reader, "in a global");
    reader.byte();
    skipExpression(reader);
  }
  reader.finish();
}

function skipExpression(reader: ByteReader): void {
  const instructions = new Instructions(reader.bytes);
  instructions.move(reader.offset, reader.end);
  do instructions.next(); while (instructions.opcode !== OP.end);
  reader.offset = instructions.offset;
}
