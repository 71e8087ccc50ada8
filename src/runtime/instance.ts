/**
 * One instance of an extension, wherever it lives: in this thread, in a
 * worker, in another process.
 *
 * What goes in and out is plain data that can be cloned, so that whoever runs
 * an instance elsewhere only has to carry it there and back.
 *
 * @module
 */

import type {
  Clock,
  Database,
  OpenDatabaseOptions,
  SyncDirectory,
} from "../platform/types.ts";
import type { WasmNumber } from "./extension.ts";
import type { ExtensionInfo } from "./field.ts";
import type { WhileBusy } from "./guard.ts";
import type { NamedLimits } from "./limits.ts";
import type { LogLine } from "./log.ts";
import type { Program } from "./program.ts";
import type { TextRequest } from "./text_request.ts";

/** What an instance can be asked to do. */
export type Operation =
  | { readonly kind: "resolve-field"; readonly request: TextRequest }
  | {
    readonly kind: "call";
    readonly name: string;
    readonly args: readonly WasmNumber[];
  }
  | { readonly kind: "run" }
  | { readonly kind: "shutdown" };

/** What the operations of an instance have used so far. */
export interface InstanceUsage {
  /** Fuel that was burnt. */
  readonly fuel: number;
  /** Time in milliseconds. */
  readonly timeMs: number;
  /** Memory in bytes. */
  readonly memoryBytes: number;
}

/** One instance, started: `_initialize`, `init`, `get-info` and `get-schema` are done. */
export interface Instance {
  /** What it says of itself, if it is one of the Forge world. */
  readonly info: ExtensionInfo | undefined;
  /** The part of the GraphQL schema that it serves, likewise. */
  readonly schema: string | undefined;
  /**
   * Does something. One operation at a time; after one failed with anything
   * but `EXPORT_NOT_FOUND` the instance must be closed.
   *
   * @returns A `FieldResult` for `resolve-field`, an exit status for `run`,
   * what the function gave for `call`.
   */
  readonly perform: (operation: Operation) => unknown;
  /** What it has used so far. */
  readonly usage: () => InstanceUsage;
  /** Lets go of everything that it holds. Does not ask the extension; does not fail. */
  readonly close: () => void | Promise<void>;
}

/** What an instance is made of; everything can be cloned. */
export interface InstanceSpec {
  /** Name of the extension. */
  readonly name: string;
  /** The module. */
  readonly program: Program;
  /** What it may use up. */
  readonly limits: NamedLimits;
  /** What `init` is told beside the name. */
  readonly config: InitConfig;
  /** File of its database, if it has one. */
  readonly databasePath: string | undefined;
  /** The SQLite for it; the fastest that there is, if not given. */
  readonly databaseEngine?: OpenDatabaseOptions["engine"];
  /** Its directory, if it has one. */
  readonly directoryPath: string | undefined;
}

/** What `init` is told beside the name. */
export interface InitConfig {
  /** Version of the extension, as far as the host knows it. */
  readonly version: string;
  /** Configuration for this extension, in whatever format it wants. */
  readonly customConfig: string | undefined;
}

/** What an instance gets from the host. */
export interface InstanceHost {
  /** Receives what it says. */
  readonly onLog: (line: LogLine) => void;
  /** Time. */
  readonly clock: Pick<Clock, "now">;
  /** Does each piece of work that it does in this thread, if given. */
  readonly whileBusy?: WhileBusy | undefined;
  /** Opens its database; a host without databases has none. */
  readonly openDatabase:
    | ((path: string, options?: OpenDatabaseOptions) => Promise<Database>)
    | undefined;
  /** Opens its directory; a host without files has none. */
  readonly openDirectory:
    | ((path: string) => Promise<SyncDirectory>)
    | undefined;
}

/**
 * Makes an instance and starts it.
 *
 * @throws {ForgeError} When it does not start; nothing is left behind then.
 */
export type StartInstance = (
  spec: InstanceSpec,
  host: InstanceHost,
) => Promise<Instance>;
