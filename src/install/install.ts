/**
 * Doing what a plan says, extensions side by side.
 *
 * @module
 */

import type { Cache } from "../cache/mod.ts";
import type { Clock, Files } from "../platform/types.ts";
import type { ImageSources } from "../registry/mod.ts";
import type { InstallEvent, Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** Extensions that are pulled at the same time; more does not saturate a link better. */
export const DEFAULT_CONCURRENCY = 8;

/** Options of {@linkcode install}. */
export interface InstallOptions {
  /** The cache of the plan. */
  readonly cache: Cache;
  /** The way to the registries, or to an archive. */
  readonly client: ImageSources;
  /** The disk. */
  readonly files: Files;
  /** Time. */
  readonly clock: Clock;
  /** Stops everything. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what happens as it happens. */
  readonly onEvent?: ((event: InstallEvent) => void) | undefined;
  /** Extensions pulled at the same time; 8 unless told otherwise. */
  readonly concurrency?: number | undefined;
  /** Pull every extension again, whatever the cache holds. */
  readonly refresh?: boolean | undefined;
}

/**
 * Does what a plan says. One extension that fails does not stop the others:
 * look at the status of each outcome.
 *
 * @returns One outcome for each extension, in the order of the plan.
 * @throws `signal.reason` when aborted.
 * @throws {RangeError} When `concurrency` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   install,
 *   openProject,
 *   openProjectCache,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const outcomes = await install(project.plan, {
 *   cache: openProjectCache(project, { platform }),
 *   client: await createProjectClient(project.config, {
 *     platform,
 *     root: project.location.root,
 *     offline: project.plan.offline,
 *   }),
 *   files: platform.files,
 *   clock: platform.clock,
 * });
 * outcomes.map(({ status }) => status); // ["pulled", "pulled"]
 * ```
 */
export async function install(
  plan: Plan,
  options: InstallOptions,
): Promise<readonly Outcome[]> {
  const { carryOut } = await import("./carry_out.ts");
  return await carryOut(plan, options);
}
