/**
 * From verified bytes to a loaded extension.
 *
 * @module
 */

import type {
  Clock,
  Database,
  Files,
  OpenDatabaseOptions,
  RemoteHost,
  RemoteHostOptions,
  SyncDirectory,
} from "../platform/types.ts";
import type { ExtensionEvent } from "./events.ts";
import type { Extension } from "./extension.ts";
import type { ExtensionLimits, LimitNames } from "./limits.ts";
import type { LogLine } from "./log.ts";
import type { ModuleSource } from "./module_source.ts";

/** Where the database of an extension is. */
export interface ExtensionDatabase {
  /** The file. */
  readonly path: string;
  /** Opens it: `platform.openDatabase`. */
  readonly open: (
    path: string,
    options?: OpenDatabaseOptions,
  ) => Promise<Database>;
  /**
   * Which SQLite keeps it. `wasm` can end a statement that never ends; `native`,
   * that of the runtime, is for extensions that are trusted: in this thread and
   * in a `worker` nothing ends a statement of it. If not given,
   * `wasm`; in a `process`, which can be ended, `native` where there is one.
   */
  readonly engine?: OpenDatabaseOptions["engine"];
}

/** Where extensions run, if not in this thread: what `isolation` gives. */
export interface ExtensionIsolation {
  /** A thread, or a process. */
  readonly level: "worker" | "process";
  /** Starts it: `platform.startHost`. */
  readonly startHost: (
    kind: "worker" | "process",
    options: RemoteHostOptions,
  ) => Promise<RemoteHost>;
  /** The module that it runs. */
  readonly entry: URL;
  /** Time that can be waited for. */
  readonly clock: Pick<Clock, "sleep">;
  /** Makes the directories that the data of extensions is in. */
  readonly files: Pick<Files, "makeDirectory">;
}

/** Where the files of an extension are. */
export interface ExtensionDirectory {
  /** The directory; it is made when something is written to it. */
  readonly path: string;
  /** Opens it: `platform.openDirectory`. */
  readonly open: (path: string) => Promise<SyncDirectory>;
}

/** Options of {@linkcode loadExtension}. */
export interface LoadExtensionOptions {
  /** Receives what the extension says; by default nobody does. */
  readonly onLog?: ((line: LogLine) => void) | undefined;
  /** Receives what happens to it. */
  readonly onEvent?: ((event: ExtensionEvent) => void) | undefined;
  /** What it may use up; `DEFAULT_LIMITS` for what is not given. */
  readonly limits?: Partial<ExtensionLimits> | undefined;
  /** What the limits are called where they were set, for the hints of errors. */
  readonly limitNames?: LimitNames | undefined;
  /** Its database; one that has none gets an error from each statement. */
  readonly database?: ExtensionDatabase | undefined;
  /** The one directory that it may use, as `/extension`; it has no files without. */
  readonly directory?: ExtensionDirectory | undefined;
  /** Its version as far as the host knows it, for `init`; `0.0.0` if not given. */
  readonly version?: string | undefined;
  /** Configuration for it, in whatever format it wants, for `init`. */
  readonly customConfig?: string | undefined;
  /** Time, in milliseconds; that of this process if not given. */
  readonly clock?: Pick<Clock, "now"> | undefined;
  /**
   * Called with each piece of work that the extension does in this thread: does
   * it, and gives what it gives. Nothing else of the program runs meanwhile, no
   * handler of a signal either: a place to let Ctrl-C end the process. Not called
   * with `isolation`.
   */
  readonly whileBusy?: (<T>(work: () => T) => T) | undefined;
  /** Where it runs: in this thread if not given. See `isolation`. */
  readonly isolation?: ExtensionIsolation | undefined;
  /** Stops the load between its steps. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Validates, meters, compiles and starts a module.
 *
 * One of the world `forge:extension` is started as that asks for it:
 * `_initialize` where there is one, `init`, `get-info`, `get-schema`. Of any
 * other core module only `_initialize` is called; `_start` waits for `run`.
 *
 * The module sees WASI preview 1 without environment and network and with no
 * files but those of its directory, `host-log` and `host-database`, and nothing
 * else.
 *
 * @throws {ForgeError} `WASM_INVALID` when the bytes are no module, `TOO_LARGE`
 * when they or their memory are larger than the limits allow,
 * `WASM_UNSUPPORTED` when it needs something that is not given,
 * `EXTENSION_INIT_FAILED` when it refuses to start, and whatever
 * `Extension.resolveField` throws when it breaks while it starts.
 *
 * @example
 * ```ts
 * import { loadExtension } from "@forgepoint/forge";
 *
 * const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * await using extension = await loadExtension({ name: "empty", bytes });
 * extension.functions; // []
 * ```
 */
export async function loadExtension(
  source: ModuleSource,
  options: LoadExtensionOptions = {},
): Promise<Extension> {
  const { startExtension } = await import("./start.ts");
  return await startExtension(source, options);
}
