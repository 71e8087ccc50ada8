/**
 * Threads and processes for extensions.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Platform } from "../platform/types.ts";
import type { ExtensionIsolation } from "../runtime/mod.ts";

/** Options of {@linkcode isolation}. */
export interface IsolationOptions {
  /** What starts threads and processes. */
  readonly platform: Pick<Platform, "startHost" | "clock" | "files">;
}

/**
 * A place for extensions beside this thread: a thread each, or a process each.
 *
 * With either, this thread goes on while an extension works, and `timeoutMs` is
 * the time after which an operation has failed, whatever the extension does. A
 * process is gone then; of a thread that is not promised: Deno cannot stop one
 * that computes, so that it goes on until its fuel is burnt or its statement of
 * SQL is ended.
 *
 * The database and the directory of an extension are opened where it runs, by
 * the platform: the functions `open` of these options are not called.
 *
 * @throws {ForgeError} `EXTENSION_CRASHED` where the runtime has neither.
 *
 * @example
 * ```ts
 * import { isolation, loadExtension, platform } from "@forgepoint/forge";
 *
 * const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
 * await using extension = await loadExtension({ name: "empty", bytes }, {
 *   isolation: isolation("process", { platform }),
 * });
 * extension.functions; // []
 * ```
 */
export function isolation(
  level: "worker" | "process",
  { platform }: IsolationOptions,
): ExtensionIsolation {
  const { startHost, clock, files } = platform;
  if (startHost === undefined) {
    throw new ForgeError(
      "EXTENSION_CRASHED",
      `Cannot run extensions in a ${level}: this runtime starts none`,
      { hint: "Leave isolation out: they run in this thread then" },
    );
  }
  const entry = new URL("./extension_host.ts", import.meta.url);
  return { level, startHost, entry, clock, files };
}
