/**
 * From a module to an extension that runs.
 *
 * @module
 */

import type { Clock, OpenDatabaseOptions } from "../platform/types.ts";
import type { Extension } from "./extension.ts";
import { startInline } from "./inline.ts";
import type { InstanceHost, InstanceSpec } from "./instance.ts";
import { resolveLimits } from "./limits.ts";
import { LoadedExtension } from "./loaded.ts";
import type { ModuleSource } from "./module_source.ts";
import { prepareProgram } from "./program.ts";
import type { ExtensionIsolation, LoadExtensionOptions } from "./load.ts";

/** The engine with which a statement can be ended, whatever it is. */
function endingEngine(
  isolation: ExtensionIsolation | undefined,
): OpenDatabaseOptions["engine"] {
  // With a process the statement ends, too: the fastest that there is will do.
  return isolation?.level === "process" ? undefined : "wasm";
}

/** Time that never goes back. */
const MONOTONIC: Pick<Clock, "now"> = { now: () => performance.now() };

/** Prepares a module and starts its first instance. */
export async function startExtension(
  source: ModuleSource,
  options: LoadExtensionOptions,
): Promise<Extension> {
  const { signal, database, directory } = options;
  signal?.throwIfAborted();
  const limits = resolveLimits(options.limits, options.limitNames);
  const { isolation } = options;
  const compiles = isolation === undefined;
  const start = compiles
    ? startInline
    // Whoever needs no other thread or process need not load what speaks to it.
    : (await import("./remote.ts")).remoteStarter(isolation);
  const spec: InstanceSpec = {
    name: source.name,
    program: await prepareProgram(source, limits, { compiles }),
    limits,
    config: {
      version: options.version ?? "0.0.0",
      customConfig: options.customConfig,
    },
    databasePath: database?.path,
    databaseEngine: database?.engine ?? endingEngine(isolation),
    directoryPath: directory?.path,
  };
  signal?.throwIfAborted();
  const host: InstanceHost = {
    onLog: options.onLog ?? (() => {}),
    clock: options.clock ?? MONOTONIC,
    whileBusy: options.whileBusy,
    openDatabase: database?.open,
    openDirectory: directory?.open,
  };
  const onEvent = options.onEvent ?? (() => {});
  const instance = await start(spec, host);
  if (signal?.aborted) {
    await instance.close();
    throw signal.reason;
  }
  const extension = new LoadedExtension(
    { spec, host, onEvent, start, compiles },
    instance,
  );
  const { name, info } = extension;
  onEvent({ type: "loaded", name, info });
  return extension;
}
