/**
 * The frame of a binary: its sections, in order, none longer than the file.
 *
 * @module
 */

import type { WasmCustomSection, WasmProducer, WasmSection } from "./info.ts";
import { WASM_HEADER_BYTES, type WasmKind } from "./header.ts";
import { ByteReader } from "./reader.ts";

/** Section numbers of core modules (core spec, 5.5.2). */
export const CORE_SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Section numbers of components (component model, Binary.md, "Component Definitions"). */
export const COMPONENT_SECTION = {
  custom: 0,
  coreModule: 1,
  component: 4,
  import: 10,
  export: 11,
} as const;

const CORE_NAMES: readonly string[] = Object.keys(CORE_SECTION)
  .map((name) => name === "dataCount" ? "data count" : name);

const COMPONENT_NAMES: readonly string[] = [
  "custom",
  "core module",
  "core instance",
  "core type",
  "component",
  "instance",
  "alias",
  "type",
  "canon",
  "start",
  "import",
  "export",
  "value",
];

/** The order that core sections must have; tag sits between memory and global (core spec, 5.5.2). */
const CORE_ORDER: readonly number[] = [
  1,
  2,
  3,
  4,
  5,
  13,
  6,
  7,
  8,
  9,
  12,
  10,
  11,
];

/** The place of a section of a core module in the order that they must have; -1 for custom ones. */
export function coreSectionRank(id: number): number {
  return CORE_ORDER.indexOf(id);
}

/** Sections that a binary may have; a real one has dozens, a linker's output a few hundred. */
const MAX_SECTIONS = 100_000;

/** A section and a reader on its content. */
export interface SectionWindow {
  /** What and where it is. */
  readonly section: WasmSection;
  /** Reads its content; for custom sections what comes after the name. */
  readonly reader: ByteReader;
}

/**
 * Walks over the sections of a binary whose header has been checked.
 *
 * @param bytes The binary.
 * @param kind Which numbering its sections have.
 * @throws {ForgeError} `WASM_INVALID` for a section that is cut short, unknown,
 * or, in a core module, out of order or there twice.
 */
export function* walkSections(
  bytes: Uint8Array,
  kind: WasmKind,
): Generator<SectionWindow, void, undefined> {
  const reader = new ByteReader(bytes, {
    offset: WASM_HEADER_BYTES,
    end: bytes.byteLength,
    where: "section header",
  });
  const names = kind === "core" ? CORE_NAMES : COMPONENT_NAMES;
  let rank = -1;
  for (let count = 0; !reader.done; count++) {
    if (count >= MAX_SECTIONS) throw reader.invalid("too many sections");
    const id = reader.byte();
    const name = names[id];
    if (name === undefined) throw reader.invalid(`unknown section ${id}`, 1);
    if (kind === "core" && id !== CORE_SECTION.custom) {
      const next = coreSectionRank(id);
      if (next <= rank) {
        throw reader.invalid(`${name} section is out of order or repeated`, 1);
      }
      rank = next;
    }
    const size = reader.u32();
    const offset = reader.offset;
    const content = reader.window(size, `${name} section`);
    const label = id === CORE_SECTION.custom ? content.name() : name;
    yield { section: { id, name: label, offset, size }, reader: content };
  }
}

/** What a custom section is, seen from where its name has been read. */
export function customSection(window: SectionWindow): WasmCustomSection {
  const { section, reader } = window;
  return {
    name: section.name,
    offset: reader.offset,
    size: reader.remaining,
  };
}

/** Reads a `producers` section (tool conventions, ProducersSection.md). */
export function readProducers(reader: ByteReader): WasmProducer[] {
  const producers: WasmProducer[] = [];
  for (let fields = reader.count(); fields > 0; fields--) {
    const field = reader.name();
    for (let values = reader.count(); values > 0; values--) {
      producers.push({ field, name: reader.name(), version: reader.name() });
    }
  }
  return producers;
}

/** Reads the name of the module or component itself from its `name` section: subsection 0. */
export function readOwnName(reader: ByteReader): string | undefined {
  while (!reader.done) {
    const id = reader.byte();
    const subsection = reader.window(reader.u32(), "name section");
    if (id === 0) return subsection.name();
  }
  return undefined;
}
