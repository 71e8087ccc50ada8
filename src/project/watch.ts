/**
 * Extensions that are reloaded when their files or tags change.
 *
 * @module
 */

import type { ForgeError } from "../errors.ts";
import type { InstallEvent, Outcome, ReadyOutcome } from "../install/mod.ts";
import type { Platform } from "../platform/types.ts";
import type { RegistryEvent } from "../registry/mod.ts";
import type { Extension, LoadExtensionOptions } from "../runtime/mod.ts";
import type { Project } from "./project.ts";

/** What happens while extensions are watched. */
export type WatchEvent =
  | {
    /** It runs: for the first time, or other bytes took the place of the running ones. */
    readonly type: "loaded" | "reloaded";
    /** What the install came to. */
    readonly outcome: ReadyOutcome;
    /** The extension. */
    readonly extension: Extension;
  }
  | {
    /** It could not be had, loaded or reloaded; what ran before goes on. */
    readonly type: "failed";
    /** Name of the extension. */
    readonly name: string;
    /** Why. */
    readonly error: ForgeError;
  }
  | {
    /** Its file is gone; told once, until the file is there again and is loaded anew. What ran before goes on. */
    readonly type: "missing";
    /** Name of the extension. */
    readonly name: string;
    /** The file. */
    readonly path: string;
  }
  | {
    /** It could not be found out whether it has changed; told once until it can be again. */
    readonly type: "unreachable";
    /** Name of the extension. */
    readonly name: string;
    /** Why. */
    readonly error: ForgeError;
  }
  | {
    /** All are loaded, and from now on they are looked at. */
    readonly type: "watching";
    /** Names of those that can change. */
    readonly names: readonly string[];
  };

/** Options of {@linkcode watchProject}. */
export interface WatchProjectOptions {
  /** Disk, environment, network and clock. */
  readonly platform: Platform;
  /** Ends it; the extensions are shut down then. */
  readonly signal: AbortSignal;
  /** Time between two looks at the files, in milliseconds; 500 unless told otherwise. */
  readonly fileIntervalMs?: number | undefined;
  /** Time between two looks at the tags, in milliseconds; 30,000 unless told otherwise. */
  readonly tagIntervalMs?: number | undefined;
  /** Options for an extension: its log, its limits, its database. */
  readonly optionsFor?:
    | ((outcome: Outcome) => Omit<LoadExtensionOptions, "signal">)
    | undefined;
  /** Receives what happens. */
  readonly onEvent?: ((event: WatchEvent) => void) | undefined;
  /** Receives what happens during installs. */
  readonly onInstallEvent?:
    | ((event: InstallEvent | RegistryEvent) => void)
    | undefined;
}

/**
 * Loads the extensions of a project, and reloads those whose file or tag
 * changes, until it is aborted. What does not load leaves what ran before.
 *
 * A file counts as changed, or as gone, when it has stayed the same for one
 * interval: a compiler may be writing it. What `forge.ron` pins by digest, and what the lock
 * file has, cannot change, and is not asked for. `forge.ron` itself is read once.
 *
 * @throws {ForgeError} What opening the client throws, such as `FILE_UNREADABLE`.
 *
 * @example
 * ```ts types
 * import { openProject, platform, watchProject } from "@forgepoint/forge";
 *
 * await watchProject(await openProject({ platform }), {
 *   platform,
 *   signal: AbortSignal.timeout(60_000),
 *   onEvent: (event) => console.log(event.type),
 * });
 * ```
 */
export async function watchProject(
  project: Project,
  options: WatchProjectOptions,
): Promise<void> {
  const { watchChanges } = await import("./watch_changes.ts");
  return await watchChanges(project, options);
}
