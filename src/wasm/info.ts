/**
 * What is known of a module without running it.
 *
 * @module
 */

import type { WasmKind } from "./header.ts";

/** What {@linkcode inspect} finds in a module or component. */
export interface WasmInfo {
  /** Core module or component. */
  readonly kind: WasmKind;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Its own name, where a compiler wrote one. */
  readonly name?: string;
  /** What it wants from its host. */
  readonly imports: readonly WasmImport[];
  /** What it offers. */
  readonly exports: readonly WasmExport[];
  /** The first memory of a core module. */
  readonly memory?: WasmMemory;
  /** All sections in the order of the file. */
  readonly sections: readonly WasmSection[];
  /** The custom ones among them. */
  readonly customSections: readonly WasmCustomSection[];
  /** The tools that made it, from the `producers` section. */
  readonly producers: readonly WasmProducer[];
  /** Worlds that its `component-type` sections name, such as `forge:extension@0.2.0:extension`. */
  readonly worlds: readonly string[];
  /** Core modules inside a component, in the order of the file. */
  readonly modules: readonly WasmNested[];
}

/** What can be imported and exported; the last four by components only. */
export type WasmExternKind =
  | "function"
  | "table"
  | "memory"
  | "global"
  | "tag"
  | "module"
  | "component"
  | "instance"
  | "type"
  | "value";

/** One import. */
export interface WasmImport {
  /** Module name of a core import; empty in components. */
  readonly module: string;
  /** Name of the field; in components the whole name, `wasi:cli/stdin@0.2.3`. */
  readonly name: string;
  /** What it is. */
  readonly kind: WasmExternKind;
  /** Its signature, for functions of core modules. */
  readonly type?: WasmFunctionType;
}

/** One export. */
export interface WasmExport {
  /** Name of the export. */
  readonly name: string;
  /** What it is. */
  readonly kind: WasmExternKind;
  /** Its signature, for functions of core modules. */
  readonly type?: WasmFunctionType;
}

/** Signature of a function: value types by their names in the text format. */
export interface WasmFunctionType {
  /** Types of the parameters: `i32`, `i64`, `f32`, `f64`, `v128`, `externref`, ... */
  readonly params: readonly string[];
  /** Types of the results. */
  readonly results: readonly string[];
}

/** A memory: how much of it there is at the start, and at most. */
export interface WasmMemory {
  /** Size at the start in pages of 64 KiB. */
  readonly min: number;
  /** Largest size in pages, where one is declared. */
  readonly max?: number;
  /** Whether it comes from the host. */
  readonly imported: boolean;
  /** Whether threads may share it. */
  readonly shared: boolean;
  /** Whether it is addressed with 64 bits. */
  readonly memory64: boolean;
}

/** One section. */
export interface WasmSection {
  /** Number of its kind (core spec, 5.5.2; component spec, Binary.md). */
  readonly id: number;
  /** Its kind in words, `code`; for custom sections the name within. */
  readonly name: string;
  /** Where its content starts, in bytes from the start of the file. */
  readonly offset: number;
  /** Size of its content in bytes. */
  readonly size: number;
}

/** A custom section: data for tools, which does not change what runs. */
export interface WasmCustomSection {
  /** Its name. */
  readonly name: string;
  /** Where its data starts, after the name. */
  readonly offset: number;
  /** Size of the data in bytes. */
  readonly size: number;
}

/** One entry of a `producers` section. */
export interface WasmProducer {
  /** `language`, `processed-by` or `sdk`. */
  readonly field: string;
  /** Name of the language or tool. */
  readonly name: string;
  /** Its version; may be empty. */
  readonly version: string;
}

/** A core module inside a component. */
export interface WasmNested {
  /** Where the module starts in the component. */
  readonly offset: number;
  /** What is known of it. */
  readonly info: WasmInfo;
}
