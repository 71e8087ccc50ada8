/**
 * What is in a module or component, without compiling it.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  readComponentExports,
  readComponentImports,
  worldOf,
} from "./component.ts";
import { checkHeader, type WasmKind } from "./header.ts";
import type {
  WasmCustomSection,
  WasmExport,
  WasmExternKind,
  WasmFunctionType,
  WasmImport,
  WasmInfo,
  WasmMemory,
  WasmNested,
  WasmProducer,
  WasmSection,
} from "./info.ts";
import type { ByteReader } from "./reader.ts";
import {
  COMPONENT_SECTION,
  CORE_SECTION,
  customSection,
  readOwnName,
  readProducers,
  type SectionWindow,
  walkSections,
} from "./sections.ts";
import {
  readMemoryType,
  readTypeSection,
  skipGlobalType,
  skipTableType,
} from "./types.ts";

/** Components inside components that are looked into; compositions have 2 or 3 levels. */
const MAX_NESTING = 16;

/**
 * Finds out what a module or component is, wants and offers.
 *
 * Code is not looked at, so that an answer is no promise that an engine will
 * compile it. Whatever the bytes, this returns or throws a `ForgeError`, in
 * time proportional to their number.
 *
 * @param bytes The whole binary.
 * @throws {ForgeError} `WASM_INVALID` with the offset of what is wrong;
 * `WASM_UNSUPPORTED` for other versions of the format.
 * @see {@link https://webassembly.github.io/spec/core/binary/modules.html}
 *
 * @example
 * ```ts
 * import { inspect } from "@forgepoint/forge";
 *
 * const header = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * inspect(header).exports; // []
 * ```
 */
export function inspect(bytes: Uint8Array): WasmInfo {
  return inspectNested(bytes, 0);
}

function inspectNested(bytes: Uint8Array, depth: number): WasmInfo {
  const kind = checkHeader(bytes);
  const found = new Findings(kind, depth);
  for (const window of walkSections(bytes, kind)) {
    found.sections.push(window.section);
    if (window.section.id === CORE_SECTION.custom) found.readCustom(window);
    else if (kind === "core") found.readCore(window);
    else found.readComponent(window);
  }
  return found.toInfo(bytes.byteLength);
}

/** What has been found so far. */
class Findings {
  readonly sections: WasmSection[] = [];
  readonly #kind: WasmKind;
  readonly #depth: number;
  readonly #custom: WasmCustomSection[] = [];
  #producers: readonly WasmProducer[] = [];
  readonly #worlds = new Set<string>();
  readonly #modules: WasmNested[] = [];
  readonly #memories: WasmMemory[] = [];
  readonly #imports: WasmImport[] = [];
  readonly #exports: WasmExport[] = [];
  #types: readonly (WasmFunctionType | undefined)[] = [];
  /** Type index of each function, imported ones first. */
  readonly #functions: number[] = [];
  #name: string | undefined;

  constructor(kind: WasmKind, depth: number) {
    this.#kind = kind;
    this.#depth = depth;
  }

  toInfo(sizeBytes: number): WasmInfo {
    const memory = this.#memories[0];
    return {
      kind: this.#kind,
      sizeBytes,
      ...(this.#name === undefined ? {} : { name: this.#name }),
      imports: this.#imports,
      exports: this.#exports,
      ...(memory === undefined ? {} : { memory }),
      sections: this.sections,
      customSections: this.#custom,
      producers: this.#producers,
      worlds: [...this.#worlds],
      modules: this.#modules,
    };
  }

  readCustom(window: SectionWindow): void {
    const custom = customSection(window);
    this.#custom.push(custom);
    // What is wrong in a custom section must not make the module invalid (core spec, 5.5.3).
    ignoringInvalid(() => {
      if (custom.name === "producers") {
        this.#producers = readProducers(window.reader);
      } else if (custom.name === "name" || custom.name === "component-name") {
        this.#name ??= readOwnName(window.reader);
      } else {
        const world = worldOf(custom.name, window.reader);
        if (world !== undefined) this.#worlds.add(world);
      }
    });
  }

  readCore({ section, reader }: SectionWindow): void {
    switch (section.id) {
      case CORE_SECTION.type:
        this.#types = readTypeSection(reader);
        break;
      case CORE_SECTION.import:
        this.#readImports(reader);
        break;
      case CORE_SECTION.function:
        for (let left = reader.count(); left > 0; left--) {
          this.#functions.push(reader.u32());
        }
        reader.finish();
        break;
      case CORE_SECTION.memory:
        for (let left = reader.count(); left > 0; left--) {
          this.#memories.push(readMemoryType(reader, false));
        }
        reader.finish();
        break;
      case CORE_SECTION.export:
        this.#readExports(reader);
        break;
    }
  }

  readComponent({ section, reader }: SectionWindow): void {
    switch (section.id) {
      case COMPONENT_SECTION.coreModule:
        this.#modules.push(this.#nested(section, reader));
        break;
      case COMPONENT_SECTION.component:
        if (this.#depth >= MAX_NESTING) {
          throw reader.invalid("components are nested too deep");
        }
        for (const inner of this.#nested(section, reader).info.modules) {
          const offset = section.offset + inner.offset;
          this.#modules.push({ offset, info: inner.info });
        }
        break;
      case COMPONENT_SECTION.import:
        for (const item of readComponentImports(reader)) {
          this.#imports.push(item);
        }
        break;
      case COMPONENT_SECTION.export:
        for (const item of readComponentExports(reader)) {
          this.#exports.push(item);
        }
        break;
    }
  }

  #nested(section: WasmSection, reader: ByteReader): WasmNested {
    const bytes = reader.take(reader.remaining);
    return {
      offset: section.offset,
      info: inspectNested(bytes, this.#depth + 1),
    };
  }

  #readImports(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left--) {
      const module = reader.name();
      const name = reader.name();
      const kind = this.#readImportKind(reader);
      const type = kind === "function"
        ? this.#typeOf(this.#functions.at(-1))
        : undefined;
      this.#imports.push({ module, name, kind, ...(type ? { type } : {}) });
    }
    reader.finish();
  }

  #readImportKind(reader: ByteReader): WasmExternKind {
    const kind = readExternKind(reader);
    if (kind === "function") this.#functions.push(reader.u32());
    else if (kind === "table") skipTableType(reader);
    else if (kind === "memory") {
      this.#memories.push(readMemoryType(reader, true));
    } else if (kind === "global") skipGlobalType(reader);
    else skipTagType(reader);
    return kind;
  }

  #readExports(reader: ByteReader): void {
    for (let left = reader.count(); left > 0; left--) {
      const name = reader.name();
      const kind = readExternKind(reader);
      const index = reader.u32();
      const type = kind === "function"
        ? this.#typeOf(this.#functions[index])
        : undefined;
      this.#exports.push({ name, kind, ...(type ? { type } : {}) });
    }
    reader.finish();
  }

  #typeOf(index: number | undefined): WasmFunctionType | undefined {
    return index === undefined ? undefined : this.#types[index];
  }
}

const EXTERN_KINDS = ["function", "table", "memory", "global", "tag"] as const;

function readExternKind(reader: ByteReader): WasmExternKind {
  const byte = reader.byte();
  const kind = EXTERN_KINDS[byte];
  if (kind === undefined) throw reader.invalid(`unknown kind ${byte}`, 1);
  return kind;
}

/** A tag's attribute, which is 0, and its type. */
function skipTagType(reader: ByteReader): void {
  reader.byte();
  reader.u32();
}

function ignoringInvalid(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
  }
}
