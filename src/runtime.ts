/**
 * Running extensions on its own: load verified bytes, call what they export,
 * with limits on what they can use up.
 *
 * @module
 */

export {
  ForgeError,
  type ForgeErrorCode,
  type ForgeErrorOptions,
} from "./errors.ts";
export type {
  Clock,
  CodeMeter,
  Database,
  EntryKind,
  EntryStat,
  EntryTimes,
  Executed,
  Files,
  FileSink,
  FileStat,
  OpenDatabaseOptions,
  OpenEntryOptions,
  RemoteHost,
  RemoteHostOptions,
  SqlValue,
  SyncDirectory,
  SyncFile,
} from "./platform/types.ts";
export * from "./runtime/mod.ts";
export type { WasmKind } from "./wasm/mod.ts";
