/**
 * What bytes are: core module or component, its sections, imports and exports.
 *
 * Pure and synchronous; nothing here compiles or runs a module.
 *
 * @module
 */

export { checkHeader, WASM_HEADER_BYTES, type WasmKind } from "./header.ts";
export type {
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
export { inspect } from "./inspect.ts";
export {
  checkImports,
  isCommand,
  isReactor,
  refusedImports,
  WASI_PREVIEW1,
} from "./policy.ts";
export { findMainModule, unwrapComponent } from "./unwrap.ts";
export { DENIED_EXPORT, FUEL_EXPORT } from "./added_globals.ts";
export {
  DEFAULT_MEMORY_PAGES,
  DEFAULT_TABLE_ELEMENTS,
  meter,
  type MeterOptions,
} from "./meter.ts";
