/**
 * An extension that is loaded and can be called.
 *
 * @module
 */

import type { WasmKind } from "../wasm/mod.ts";
import type { ExtensionMetrics } from "./events.ts";
import type { ExtensionInfo, FieldRequest, FieldResult } from "./field.ts";

/** What an extension is to its host. */
export type ExtensionWorld =
  /** One of the Forge world: it resolves GraphQL fields. */
  | "forge:extension"
  /** A program with `_start`. */
  | "command"
  /** A library: what it exports can be called. */
  | "module";

/** A number as WASM functions take and give: `bigint` for `i64`. */
export type WasmNumber = number | bigint;

/** What an exported function gives. */
export type CallResult = WasmNumber | readonly WasmNumber[] | undefined;

/** Options of the methods of an {@linkcode Extension}. */
export interface OperationOptions {
  /** Gives up waiting; an operation that runs already runs to its end. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A loaded extension.
 *
 * Operations run one after the other. One that traps, or goes beyond a limit,
 * breaks its instance only: the next operation gets a fresh one.
 */
export interface Extension extends AsyncDisposable {
  /** Its name in the configuration. */
  readonly name: string;
  /** What the file is. */
  readonly kind: WasmKind;
  /** What it is to its host. */
  readonly world: ExtensionWorld;
  /** What it says of itself, if it is one of the Forge world. */
  readonly info: ExtensionInfo | undefined;
  /** The part of the GraphQL schema that it serves (SDL), likewise. */
  readonly schema: string | undefined;
  /** Names of the functions that it exports. */
  readonly functions: readonly string[];
  /** What it has used so far. */
  readonly metrics: ExtensionMetrics;
  /**
   * Resolves a GraphQL field.
   *
   * @returns What it came to; a refusal by the extension is a result, too.
   * @throws {ForgeError} `EXPORT_NOT_FOUND` when it is not of the Forge world;
   * `EXTENSION_BUSY`, `EXTENSION_CLOSED` or `EXTENSION_UNAVAILABLE` when it
   * was not asked; `WASM_TRAP`, `EXTENSION_ABI`, `EXTENSION_TIMEOUT` or
   * `EXTENSION_OUT_OF_FUEL`, `_MEMORY`, `_STACK` when it broke.
   * @throws {TypeError} When the request is none (names the place, such as
   * `context.scope`), or JSON cannot say its arguments or parent; then it was
   * not asked, and goes on as it was.
   */
  readonly resolveField: (
    request: FieldRequest,
    options?: OperationOptions,
  ) => Promise<FieldResult>;
  /**
   * Calls an exported function with plain numbers: as many as it takes, a
   * `bigint` for each `i64` and a `number` for anything else.
   *
   * @throws {ForgeError} As {@linkcode Extension.resolveField}.
   * @throws {TypeError} When they are not what it takes; then it was not called,
   * and goes on as it was.
   */
  readonly call: (
    name: string,
    ...args: readonly WasmNumber[]
  ) => Promise<CallResult>;
  /**
   * Runs `_start` of a command, in an instance of its own.
   *
   * @returns The exit status of the program.
   * @throws {ForgeError} As {@linkcode Extension.resolveField}.
   */
  readonly run: (options?: OperationOptions) => Promise<number>;
  /**
   * Puts other bytes in place of the running ones, once these have started;
   * calls that wait meanwhile go to the new instance. When they do not start,
   * the old instance stays.
   *
   * @throws {ForgeError} As `loadExtension`.
   */
  readonly reload: (
    bytes: Uint8Array<ArrayBuffer>,
    options?: OperationOptions,
  ) => Promise<void>;
  /**
   * Lets the extension clean up and closes it; waits for the calls that were
   * made before. Later ones are refused with `EXTENSION_CLOSED`. When it is
   * done, nothing of the extension touches its files any more, wherever it ran
   * (a thread of Deno that cannot be stopped is given two seconds).
   */
  readonly shutdown: () => Promise<void>;
}
