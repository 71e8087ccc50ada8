/**
 * WASI preview 1 as extensions get it: output, clocks, random numbers, and one
 * directory if they have one. No environment, no arguments, no network.
 *
 * @module
 */

import type { Clock, SyncDirectory } from "../platform/types.ts";
import type { LogLine } from "./log.ts";
import { OutputLines } from "./output_lines.ts";
import { type Descriptor, Descriptors } from "./wasi/descriptors.ts";
import { Errno, errnoOf } from "./wasi/errno.ts";
import { fileCalls } from "./wasi/file_calls.ts";
import { Listings } from "./wasi/listings.ts";
import { WasiMemory } from "./wasi/memory.ts";
import { pathCalls } from "./wasi/path_calls.ts";
import { type DirectoryLimits, Quota } from "./wasi/quota.ts";
import {
  ProcessExit,
  systemCalls,
  type WasiCalls,
  type WasiContext,
} from "./wasi/system.ts";

export { type DirectoryLimits, ProcessExit };

/** The module name of WASI preview 1. */
export const WASI_MODULE = "wasi_snapshot_preview1";

/** Where extensions find their directory. */
export const DIRECTORY_NAME = "/extension";

/** One module's view of the system. */
export interface WasiHost {
  /** The functions to import. */
  readonly imports: WebAssembly.ModuleImports;
  /** Gives it the module's memory, before anything but a start function runs. */
  readonly attach: (memory: WebAssembly.Memory) => void;
  /** Passes on output that did not end in a line end. */
  readonly flush: () => void;
  /** Lets go of what it holds. */
  readonly close: () => void;
}

/** What one module gets of the system. */
export interface WasiHostOptions {
  /** Name of the extension, for its log lines. */
  readonly name: string;
  /** Receives what it writes. */
  readonly onLog: (line: LogLine) => void;
  /** Time that goes by. */
  readonly clock: Pick<Clock, "now">;
  /** Time of day in milliseconds since the epoch; that of this machine if not given. */
  readonly timeOfDay?: (() => number) | undefined;
  /**
   * Waits, as the module wants, or throws when it may not wait for so long;
   * who is not given one does not wait at all.
   */
  readonly sleep?: ((milliseconds: number) => void) | undefined;
  /** Its directory; it has none without. */
  readonly directory?: {
    /** The directory. */
    readonly files: SyncDirectory;
    /** How much it may keep there. */
    readonly limits: DirectoryLimits;
  } | undefined;
}

/** Makes the system for one module. */
export function createWasiHost(options: WasiHostOptions): WasiHost {
  const { name, onLog, clock, directory } = options;
  const { sleep = () => {}, timeOfDay = Date.now } = options;
  const out = new OutputLines((text) =>
    onLog({ name, stream: "stdout", level: "info", text })
  );
  const err = new OutputLines((text) =>
    onLog({ name, stream: "stderr", level: "warn", text })
  );
  const descriptors = new Descriptors([
    { kind: "input" },
    { kind: "output", lines: out },
    { kind: "output", lines: err },
    ...(directory === undefined ? [] : [ROOT()]),
  ]);
  const memory = new WasiMemory();
  const context: WasiContext = {
    ...{ memory, descriptors, clock, timeOfDay, sleep },
    listings: new Listings(),
    directory: directory?.files,
    quota: directory && new Quota(directory.files, directory.limits),
  };
  return {
    imports: asImports({
      ...systemCalls(context),
      ...fileCalls(context),
      ...pathCalls(context),
    }),
    attach: (wasmMemory) => memory.attach(wasmMemory),
    flush() {
      out.flush();
      err.flush();
    },
    close: () => descriptors.closeAll(),
  };
}

const ROOT = (): Descriptor => ({
  kind: "directory",
  path: [],
  preopen: DIRECTORY_NAME,
});

/** Calls that answer with a number: 0, or how they failed. */
function asImports(calls: WasiCalls): WebAssembly.ModuleImports {
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (...args: unknown[]): number => {
        try {
          call(...args);
          return Errno.SUCCESS;
        } catch (error) {
          return errnoOf(error);
        }
      },
    ]),
  );
}
