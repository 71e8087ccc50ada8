/**
 * What a configuration gives an extension: its database, its directory, its
 * limits.
 *
 * @module
 */

import { join, resolve } from "../path.ts";
import { LIMIT_NAMES, type LimitsConfig } from "../config/mod.ts";
import type { Platform } from "../platform/types.ts";
import {
  DEFAULT_LIMITS,
  DEVELOPMENT_LIMITS,
  type ExtensionLimits,
  type LoadExtensionOptions,
} from "../runtime/mod.ts";
import type { Project } from "./project.ts";

/** The part of {@linkcode LoadExtensionOptions} that a configuration decides. */
export type ProjectExtensionOptions = Pick<
  LoadExtensionOptions,
  "database" | "directory" | "limits" | "limitNames"
>;

/**
 * Where the extensions of a project keep their data, absolute.
 *
 * @example
 * ```ts
 * import { dataDirectory, openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * dataDirectory(project); // ".forge/extensions/data", absolute
 * ```
 */
export function dataDirectory(
  { config, location }: Pick<Project, "config" | "location">,
): string {
  return resolve(location.root, config.settings.dataDir);
}

/**
 * What the configuration of a project gives one of its extensions: the file
 * `NAME.extension.db` and the directory `NAME` in the data directory, and its
 * limits. Touches neither.
 *
 * @example
 * ```ts
 * import {
 *   extensionOptions,
 *   installProject,
 *   loadExtensions,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const outcomes = await installProject(project, { platform });
 * await using extensions = await loadExtensions(outcomes, {
 *   platform,
 *   optionsFor: ({ name }) => extensionOptions(project, name, { platform }),
 * });
 * extensions.loaded.length;
 * ```
 */
export function extensionOptions(
  project: Pick<Project, "config" | "location">,
  name: string,
  { platform }: {
    readonly platform: Pick<Platform, "openDatabase" | "openDirectory">;
  },
): ProjectExtensionOptions {
  const data = dataDirectory(project);
  const { openDatabase, openDirectory } = platform;
  return {
    limits: extensionLimits(project, name),
    limitNames: LIMIT_NAMES,
    database: openDatabase && {
      path: join(data, `${name}.extension.db`),
      open: openDatabase,
    },
    directory: openDirectory && { path: join(data, name), open: openDirectory },
  };
}

/**
 * The limits of one extension of a project: its own, over those of all, over a profile.
 *
 * @example
 * ```ts
 * import { extensionLimits, openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * extensionLimits(project, "notes").timeoutMs; // 5000
 * ```
 */
export function extensionLimits(
  { config }: Pick<Project, "config">,
  name: string,
): ExtensionLimits {
  const own: LimitsConfig = [...config.oci, ...config.local]
    .find((extension) => extension.name === name)?.limits ?? {};
  const { profile, ...limits } = { ...config.settings.limits, ...own };
  const base = profile === "development" ? DEVELOPMENT_LIMITS : DEFAULT_LIMITS;
  // What is not said has no key.
  return { ...base, ...limits as Partial<ExtensionLimits> };
}
