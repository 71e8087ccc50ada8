/**
 * The parts of the component format that say what a component wants and offers.
 *
 * @module
 */

import { checkHeader } from "./header.ts";
import type { WasmExport, WasmExternKind, WasmImport } from "./info.ts";
import type { ByteReader } from "./reader.ts";
import { COMPONENT_SECTION, walkSections } from "./sections.ts";

/** Sorts of the component model by their number (Binary.md, "Index Spaces"); 0 is followed by a core sort. */
const SORTS: Readonly<Record<number, WasmExternKind>> = {
  1: "function",
  2: "value",
  3: "type",
  4: "component",
  5: "instance",
};

const CORE_MODULE_SORT = 0x11;
const NAME_WITH_VERSION_SUFFIX = 0x02;

/** Reads the imports of a component (Binary.md, "Import and Export Definitions"). */
export function readComponentImports(reader: ByteReader): WasmImport[] {
  const imports: WasmImport[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const name = readExternName(reader);
    imports.push({ module: "", name, kind: readExternDescription(reader) });
  }
  reader.finish();
  return imports;
}

/** Reads the exports of a component. */
export function readComponentExports(reader: ByteReader): WasmExport[] {
  const exports: WasmExport[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const name = readExternName(reader);
    const kind = readSort(reader);
    reader.u32();
    if (reader.byte() !== 0) readExternDescription(reader);
    exports.push({ name, kind });
  }
  reader.finish();
  return exports;
}

/**
 * The world that a custom section speaks of, if it is a `component-type` one.
 *
 * Bindings generators write the whole world into the name of the section
 * (`component-type:wit-bindgen:0.36.0:ns:package@1.0.0:world:encoded world`);
 * others only into the component that is its content.
 */
export function worldOf(
  sectionName: string,
  reader: ByteReader,
): string | undefined {
  if (!sectionName.startsWith("component-type")) return undefined;
  const named = /:([a-z0-9-]+:[^:@\s]+(?:@[^:\s]+)?:[^:\s]+):encoded world$/
    .exec(sectionName);
  if (named !== null) return named[1];
  const bytes = reader.take(reader.remaining);
  if (checkHeader(bytes) !== "component") return undefined;
  for (const { section, reader: inner } of walkSections(bytes, "component")) {
    if (section.id !== COMPONENT_SECTION.export) continue;
    return readComponentExports(inner)[0]?.name;
  }
  return undefined;
}

/** A name, behind a byte that once told plain names from interface names. */
function readExternName(reader: ByteReader): string {
  const form = reader.byte();
  if (form > NAME_WITH_VERSION_SUFFIX) {
    throw reader.invalid(`unknown form of name ${form}`, 1);
  }
  const name = reader.name();
  return form === NAME_WITH_VERSION_SUFFIX ? name + reader.name() : name;
}

function readSort(reader: ByteReader): WasmExternKind {
  const byte = reader.byte();
  if (byte === 0) {
    reader.byte();
    return "module";
  }
  return sortOf(byte, reader);
}

function sortOf(byte: number, reader: ByteReader): WasmExternKind {
  const kind = SORTS[byte];
  if (kind === undefined) throw reader.invalid(`unknown sort ${byte}`, 1);
  return kind;
}

function readExternDescription(reader: ByteReader): WasmExternKind {
  const byte = reader.byte();
  if (byte === 0) {
    const sort = reader.byte();
    if (sort !== CORE_MODULE_SORT) {
      throw reader.invalid(`unknown core sort ${sort}`, 1);
    }
    reader.u32();
    return "module";
  }
  const kind = sortOf(byte, reader);
  // A type's bound is "equal to index" or "a fresh resource"; a value's "equal" or a type.
  if (kind === "type") {
    if (reader.byte() === 0) reader.u32();
  } else if (kind === "value") {
    if (reader.byte() === 0) reader.u32();
    else skipComponentValueType(reader);
  } else reader.u32();
  return kind;
}

function skipComponentValueType(reader: ByteReader): void {
  // Primitive types are negative numbers of one byte, the rest are indexes.
  reader.skipSigned(33);
}
