/**
 * RON (Rusty Object Notation) as the Rust crate reads it: syntax tree, typed
 * and untyped values, diagnostics, edits. It knows nothing of files, networks
 * or Forge, and imports nothing.
 *
 * @module
 */
export type { RonErrorCode, RonWarningCode } from "./codes.ts";
export type { RonExtension } from "./extensions.ts";
export { RON_EXTENSIONS } from "./extensions.ts";
export type { FloatKind } from "./floats.ts";
export type { IntegerKind } from "./integer_kinds.ts";
export type { Position } from "./position.ts";
export type { ByteOrderMark } from "./read.ts";
export type {
  RonBool,
  RonBytes,
  RonChar,
  RonMap,
  RonNumber,
  RonOption,
  RonSeq,
  RonString,
  RonUnit,
  RonValue,
} from "./value.ts";
export type {
  DiagnosticInit,
  FormatDiagnosticOptions,
  RonDiagnostic,
  RonRelated,
} from "./diagnostic.ts";
export {
  createDiagnostic,
  formatDiagnostic,
  RonSyntaxError,
} from "./diagnostic.ts";
export type { ParseOptions, RonDocument } from "./document.ts";
export { documentText, parseDocument } from "./document.ts";
export type { RonToken, RonTokenKind } from "./tokens.ts";
export type {
  RonAttribute,
  RonEntriesNode,
  RonEntry,
  RonErrorNode,
  RonNode,
  RonNodeBase,
  RonPart,
  RonScalarNode,
  RonSeqNode,
  RonUnitNode,
} from "./tree.ts";
export type { RonPath, RonSpan, SpanOfOptions } from "./path.ts";
export { spanOf } from "./path.ts";
export type { Decoded, DecodeOptions, DecodeResult } from "./decode.ts";
export { decodeDocument, decodeRon, parseRon, tryDecodeRon } from "./decode.ts";
export type { RonContainer, TextEdit } from "./edit.ts";
export { applyEdits, insertValue, removeValue, setValue } from "./edit.ts";
export type { RonEditErrorCode } from "./edit_error.ts";
export { RonEditError } from "./edit_error.ts";
export type { StringifyOptions } from "./stringify.ts";
export { stringifyRon } from "./stringify.ts";
export type { EncodeOptions } from "./encode.ts";
export { encodeRon } from "./encode.ts";
export type { FormatOptions } from "./format.ts";
export { formatRon } from "./format.ts";
export { toSerdeJson } from "./serde_json.ts";
export type {
  InferVariant,
  InferVariants,
  NewtypeVariant,
  StructVariant,
  TupleVariant,
  UnitVariant,
} from "./enumeration.ts";
export {
  enumeration,
  newtypeVariant,
  structVariant,
  tupleVariant,
  unitVariant,
} from "./enumeration.ts";
export type {
  EnumSchema,
  Field,
  Fields,
  FloatSchema,
  Infer,
  InferFields,
  InferItems,
  IntegerSchema,
  ListSchema,
  MapSchema,
  NamedField,
  NewtypeSchema,
  OptionSchema,
  Presence,
  ScalarSchema,
  Schema,
  StructOptions,
  StructSchema,
  TupleSchema,
  UnitStructSchema,
  Variant,
} from "./schema.ts";
export {
  any,
  array,
  bigInteger,
  bool,
  bytes,
  char,
  defaultField,
  field,
  float,
  integer,
  list,
  map,
  newtype,
  option,
  optionalField,
  string,
  struct,
  tuple,
  tupleStruct,
  unit,
  unitStruct,
} from "./schema.ts";
