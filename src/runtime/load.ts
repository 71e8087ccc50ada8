/**
 * From verified bytes to a loaded extension.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { checkHeader } from "../wasm/mod.ts";
import type {
  Clock,
  Database,
  OpenDatabaseOptions,
} from "../platform/types.ts";
import { createExtension, trap } from "./core_extension.ts";
import type { ExtensionEvent } from "./events.ts";
import type { Extension } from "./extension.ts";
import type { ExtensionLimits } from "./limits.ts";
import type { LogLine } from "./log.ts";
import { createWasiHost, WASI_MODULE } from "./wasi.ts";

/** A module to load. */
export interface ModuleSource {
  /** Name of the extension. */
  readonly name: string;
  /** Its bytes: the ones that were verified. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where the database of an extension is. */
export interface ExtensionDatabase {
  /** The file. */
  readonly path: string;
  /** Opens it: `platform.openDatabase`. */
  readonly open: (
    path: string,
    options?: OpenDatabaseOptions,
  ) => Promise<Database>;
}

/** Options of {@linkcode loadExtension}. */
export interface LoadExtensionOptions {
  /** Receives what the extension prints; by default nobody does. */
  readonly onLog?: ((line: LogLine) => void) | undefined;
  /** Receives what happens to it after it is loaded. */
  readonly onEvent?: ((event: ExtensionEvent) => void) | undefined;
  /** What it may use up; `DEFAULT_LIMITS` for what is not given. */
  readonly limits?: Partial<ExtensionLimits> | undefined;
  /** Its database; one that has none gets an error from each statement. */
  readonly database?: ExtensionDatabase | undefined;
  /** Its version as far as the host knows it, for `init`; `0.0.0` if not given. */
  readonly version?: string | undefined;
  /** Configuration for it, in whatever format it wants, for `init`. */
  readonly customConfig?: string | undefined;
  /** Time, in milliseconds; that of this process if not given. */
  readonly clock?: Pick<Clock, "now"> | undefined;
  /** Stops the load between its steps. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Validates, compiles and instantiates a core module, and calls `_initialize`
 * where there is one. The module sees WASI preview 1 without files,
 * environment and network. `_start` is not called.
 *
 * @throws {ForgeError} `WASM_INVALID` when the bytes are no module,
 * `WASM_UNSUPPORTED` when it is a component or imports what is not given,
 * `WASM_TRAP` when `_initialize` fails.
 *
 * @example
 * ```ts
 * import { loadExtension } from "@forgepoint/forge";
 *
 * const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * const extension = await loadExtension({ name: "empty", bytes });
 * extension.functions; // []
 * ```
 */
export async function loadExtension(
  source: ModuleSource,
  options: LoadExtensionOptions = {},
): Promise<Extension> {
  const { name, bytes } = source;
  const { signal } = options;
  signal?.throwIfAborted();
  if (checkHeader(bytes) === "component") throw isComponent(name);
  const module = await compile(name, bytes);
  signal?.throwIfAborted();
  checkImports(name, module);
  const host = createWasiHost(name, options.onLog ?? (() => {}));
  const instance = await instantiate(name, module, {
    [WASI_MODULE]: host.imports,
  });
  try {
    host.initialize(instance);
  } catch (cause) {
    throw trap(name, "_initialize", cause);
  } finally {
    host.flush();
  }
  return createExtension(name, instance, host);
}

async function compile(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForgeError("WASM_INVALID", `Cannot compile ${name}: ${reason}`, {
      hint:
        "Build the extension again; if it uses a newer WASM feature, run it on a newer runtime",
      cause,
    });
  }
}

/** Everything that a module asks for must be a function of WASI preview 1. */
function checkImports(name: string, module: WebAssembly.Module): void {
  const refused = WebAssembly.Module.imports(module).filter((wanted) =>
    wanted.module !== WASI_MODULE || wanted.kind !== "function"
  );
  if (refused.length === 0) return;
  const list = refused.slice(0, 5).map((wanted) =>
    `${wanted.kind} "${wanted.module}" "${wanted.name}"`
  ).join(", ");
  const more = refused.length > 5 ? ` and ${refused.length - 5} more` : "";
  throw new ForgeError(
    "WASM_UNSUPPORTED",
    `Cannot load ${name}: it imports ${list}${more}, which extensions do not get`,
    { hint: `Build it for wasm32-wasip1: only ${WASI_MODULE} is provided` },
  );
}

async function instantiate(
  name: string,
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  try {
    return await WebAssembly.instantiate(module, imports);
  } catch (cause) {
    if (cause instanceof WebAssembly.LinkError) {
      throw new ForgeError(
        "WASM_UNSUPPORTED",
        `Cannot load ${name}: ${cause.message}`,
        { hint: `Build it for wasm32-wasip1 with a current compiler`, cause },
      );
    }
    throw trap(name, "the start function", cause);
  }
}

function isComponent(name: string): ForgeError {
  return new ForgeError(
    "WASM_UNSUPPORTED",
    `Cannot run ${name}: it is a component, and this version runs core modules`,
    { hint: "Build it for wasm32-wasip1 as a core module" },
  );
}
