/**
 * The canonical ABI of the component model, as far as worlds of plain data
 * need it: how typed values cross the border between a host and a core module.
 *
 * @see {@link https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md}
 *
 * @module
 */

export { AbiFault } from "./fault.ts";
export {
  type AbiFunction,
  type CoreFunction,
  type CoreSignature,
  exportSignature,
  importSignature,
  liftFunction,
  lowerFunction,
} from "./function.ts";
export { GuestMemory, type Realloc } from "./memory.ts";
export { bool, enumeration, f64, s64, u32, u64, u8 } from "./numbers.ts";
export { record } from "./record.ts";
export { bytes, list, string } from "./sequences.ts";
export type { AbiType } from "./type.ts";
export { type AbiResult, option, result, variant } from "./variant.ts";
