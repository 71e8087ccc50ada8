/**
 * The parts put together: a configuration found, read and planned, the client
 * that reaches its registries, and its extensions loaded.
 *
 * @module
 */

import { type Cache, openCache } from "../cache/mod.ts";
import {
  type Config,
  type ConfigLocation,
  type ConfigWarning,
  findConfig,
  readConfig,
} from "../config/mod.ts";
import {
  install,
  type InstallEvent,
  type Outcome,
  type Plan,
  planInstall,
} from "../install/mod.ts";
import type { WithConcurrencyOptions } from "../http/mod.ts";
import { ForgeError } from "../errors.ts";
import { type Lock, lockPathOf, readLock } from "../lock/mod.ts";
import type { Platform } from "../platform/types.ts";
import { createProjectClient } from "./client.ts";
import type { RegistryEvent } from "../registry/mod.ts";

/** A configuration that was found and read. */
export interface Project {
  /** Where it is. */
  readonly location: ConfigLocation;
  /** What it says. */
  readonly config: Config;
  /** What in it is probably not meant. */
  readonly warnings: readonly ConfigWarning[];
  /** What its lock file says; `undefined` when there is none. */
  readonly lock: Lock | undefined;
  /** What an install has to do. */
  readonly plan: Plan;
}

/** Options of {@linkcode openProject}. */
export interface OpenProjectOptions {
  /** Disk, environment and clock. */
  readonly platform: Platform;
  /** Path of the configuration; found by the guide's order when absent. */
  readonly config?: string | undefined;
  /** Says `true` whatever `offline_mode` says. */
  readonly offline?: boolean | undefined;
  /** Refuse everything that is not exactly as the lock file says. */
  readonly frozen?: boolean | undefined;
}

/** Options of {@linkcode installProject}. */
export interface InstallProjectOptions {
  /** Disk, environment, network and clock. */
  readonly platform: Platform;
  /** Stops everything. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what happens as it happens. */
  readonly onEvent?:
    | ((event: InstallEvent | RegistryEvent) => void)
    | undefined;
  /** Extensions pulled at the same time; 8 unless told otherwise. */
  readonly concurrency?: number | undefined;
  /**
   * Requests that are under way at the same time, to all hosts together and to
   * one; 16 and 8 unless told otherwise. A layer is under way until its last
   * byte is there.
   */
  readonly requestLimits?: WithConcurrencyOptions | undefined;
  /** Pull every extension again, whatever the cache holds. */
  readonly refresh?: boolean | undefined;
  /** Asked about a host that the configuration does not allow; `true` lets the request through. */
  readonly onUnknownHost?: ((host: string) => Promise<boolean>) | undefined;
}

/** Registries count requests; who asks for more extensions at a time shall not ask one of them for more. */
const REQUEST_LIMITS: WithConcurrencyOptions = { overall: 16, perHost: 8 };

/**
 * Finds and reads the configuration of a project, and plans its install.
 * Touches no network.
 *
 * @throws {ForgeError} `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`,
 * `CONFIG_SYNTAX` or `CONFIG_INVALID`; `LOCK_NOT_FOUND` when it is to be frozen
 * and there is no lock file; what is wrong with the lock file if there is one.
 *
 * @example
 * ```ts
 * import { openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * project.plan.extensions.length;
 * ```
 */
export async function openProject(
  options: OpenProjectOptions,
): Promise<Project> {
  const { platform } = options;
  const location = await findConfig({ ...platform, path: options.config });
  const { config, warnings } = await readConfig(location, platform.files);
  const lock = await lockOf(config, location, options);
  const plan = planInstall(config, {
    root: location.root,
    scanned: location.kind === "scan",
    offline: options.offline,
    lock,
    frozen: options.frozen,
  });
  return { location, config, warnings, lock, plan };
}

/** Where there is nothing to lock, no file is looked for. */
async function lockOf(
  config: Config,
  location: ConfigLocation,
  { platform, frozen }: OpenProjectOptions,
): Promise<Lock | undefined> {
  if (location.kind === "scan" || config.oci.length === 0) return undefined;
  const path = lockPathOf(location.path);
  const lock = await readLock(path, platform.files);
  if (lock !== undefined || frozen !== true) return lock;
  throw new ForgeError(
    "LOCK_NOT_FOUND",
    `Cannot find the lock file "${path}"`,
    { hint: "Run forge lock and commit the file, or leave out --frozen" },
  );
}

/**
 * Brings every extension of a project to the disk, verified.
 *
 * @returns One outcome for each extension, in order; one that failed says why.
 * @throws {RangeError} When a limit is not a whole number above 0.
 * @throws `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { installProject, openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * for (const outcome of await installProject(project, { platform })) {
 *   outcome.status; // "pulled", "cached", "local", "skipped" or "failed"
 * }
 * ```
 */
export async function installProject(
  project: Project,
  options: InstallProjectOptions,
): Promise<readonly Outcome[]> {
  const { platform, onUnknownHost, requestLimits, ...rest } = options;
  return await install(project.plan, {
    cache: openProjectCache(project, { platform }),
    client: await createProjectClient(project.config, {
      platform,
      root: project.location.root,
      offline: project.plan.offline,
      requestLimits: requestLimits ?? REQUEST_LIMITS,
      onEvent: rest.onEvent,
      onUnknownHost,
    }),
    files: platform.files,
    clock: platform.clock,
    ...rest,
  });
}

/** Options of {@linkcode openProjectCache}. */
export interface OpenProjectCacheOptions {
  /** The disk, and the clock. */
  readonly platform: Pick<Platform, "files" | "clock">;
}

/**
 * Opens the cache that a project's configuration names.
 *
 * @example
 * ```ts
 * import { openProject, openProjectCache, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const entries = await openProjectCache(project, { platform }).list();
 * entries.map(({ path }) => path);
 * ```
 */
export function openProjectCache(
  project: Pick<Project, "plan">,
  { platform }: OpenProjectCacheOptions,
): Cache {
  return openCache(project.plan.cacheDir, platform);
}
