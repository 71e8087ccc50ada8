/**
 * Modules that count the instructions that they execute, one by one: slow, and
 * too simple to be wrong. For tests that hold the meter to what it promises.
 */

import { ByteWriter } from "../../src/wasm/byte_writer.ts";
import { WASM_HEADER_BYTES } from "../../src/wasm/header.ts";
import { Instructions } from "../../src/wasm/instructions.ts";
import { OP } from "../../src/wasm/opcodes.ts";
import type { ByteReader } from "../../src/wasm/reader.ts";
import { CORE_SECTION, walkSections } from "../../src/wasm/sections.ts";
import { readValueType, skipGlobalType } from "../../src/wasm/types.ts";

/** Name of the added export, an `i64` global. */
export const COUNT_EXPORT = "count of instructions";

/** What frames code and does nothing itself. */
const FRAMES: ReadonlySet<number> = new Set([
  ...[OP.block, OP.loop, OP.else, OP.end],
  ...[OP.try, OP.tryTable, OP.catch, OP.catchAll, OP.delegate],
]);

/**
 * Adds a count to a module that {@linkcode meter} accepts and that has at least
 * one function and one export.
 */
export function countInstructions(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const output = new ByteWriter(bytes.byteLength * 8);
  output.copy(bytes, 0, WASM_HEADER_BYTES);
  let globals = 0;
  let hasGlobals = false;
  const addGlobal = () => output.bytes([0x7e, 1, OP.i64Const, 0, OP.end]);
  for (
    const { section: { id, offset, size }, reader } of walkSections(
      bytes,
      "core",
    )
  ) {
    if (id === CORE_SECTION.import) globals += importedGlobals(reader);
    if (id >= CORE_SECTION.export && id !== CORE_SECTION.tag && !hasGlobals) {
      hasGlobals = true;
      section(output, CORE_SECTION.global, () => {
        output.u32(1);
        addGlobal();
      });
    }
    section(output, id, () => {
      if (id === CORE_SECTION.global) {
        hasGlobals = true;
        const count = reader.count();
        globals += count;
        output.u32(count + 1);
        output.copy(bytes, reader.offset, reader.end);
        addGlobal();
      } else if (id === CORE_SECTION.export) {
        output.u32(reader.count() + 1);
        output.copy(bytes, reader.offset, reader.end);
        output.name(COUNT_EXPORT);
        output.byte(3);
        output.u32(globals);
      } else if (id === CORE_SECTION.code) {
        const count = reader.count();
        output.u32(count);
        for (let left = count; left > 0; left--) {
          countBody(output, reader.window(reader.u32(), "body"), globals);
        }
      } else output.copy(bytes, offset, offset + size);
    });
  }
  return output.finish();
}

function section(output: ByteWriter, id: number, write: () => void): void {
  output.byte(id);
  const place = output.beginSized();
  write();
  output.endSized(place);
}

function importedGlobals(reader: ByteReader): number {
  let globals = 0;
  for (let left = reader.count(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === 3) {
      skipGlobalType(reader);
      globals += 1;
    } else {
      if (kind === 4) reader.byte();
      reader.u32();
    }
  }
  return globals;
}

function countBody(output: ByteWriter, body: ByteReader, global: number): void {
  const size = output.beginSized();
  const start = body.offset;
  for (let left = body.count(); left > 0; left--) {
    body.u32();
    readValueType(body);
  }
  output.copy(body.bytes, start, body.offset);
  const instructions = new Instructions(body.bytes);
  instructions.move(body.offset, body.end);
  while (instructions.offset < body.end) {
    const from = instructions.offset;
    instructions.next();
    if (!FRAMES.has(instructions.opcode)) {
      output.byte(OP.globalGet);
      output.u32(global);
      output.bytes([OP.i64Const, 1, 0x7c, OP.globalSet]);
      output.u32(global);
    }
    output.copy(body.bytes, from, instructions.offset);
  }
  output.endSized(size);
}
