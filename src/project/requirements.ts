/**
 * What a project needs from its host, as things stand.
 *
 * @module
 */

import { openCache } from "../cache/mod.ts";
import type { Config } from "../config/mod.ts";
import { isCached } from "../install/mod.ts";
import {
  entryFor,
  listRequirements,
  type Requirement,
} from "../permissions/mod.ts";
import type { Platform } from "../platform/types.ts";
import { dataDirectory } from "./extension_options.ts";
import type { Project } from "./project.ts";
import { readVariable } from "./variable.ts";

/** Cache entries that are looked at side by side: each waits for the disk most of the time. */
const LOOKS_AT_ONCE = 8;

/** Options of {@linkcode projectRequirements}. */
export interface ProjectRequirementsOptions {
  /** Disk and environment. */
  readonly platform: Platform;
  /**
   * Look into the cache: registries from which nothing is missing are not
   * needed. Otherwise as if the cache were empty.
   */
  readonly useCache?: boolean;
  /** Nothing is run: no extension needs a place for its data. */
  readonly onlyInstall?: boolean;
  /** Names of the extensions that a registry is asked for, where that is known. */
  readonly missing?: ReadonlySet<string>;
}

/**
 * Lists what a run of a project needs. Touches no network.
 *
 * @throws {ForgeError} `PERMISSION_DENIED` where a variable may not be read that
 * says where logins are, or that `auth` names.
 *
 * @example
 * ```ts
 * import {
 *   denoFlagsText,
 *   openProject,
 *   platform,
 *   projectRequirements,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * denoFlagsText(await projectRequirements(project, { platform }));
 * ```
 */
export async function projectRequirements(
  project: Project,
  options: ProjectRequirementsOptions,
): Promise<readonly Requirement[]> {
  const { config, location, plan } = project;
  return listRequirements(config, {
    location,
    cacheDir: plan.cacheDir,
    dataDir: options.onlyInstall ? undefined : dataDirectory(project),
    offline: plan.offline,
    isSet: (variable) =>
      (readVariable(variable, options.platform) ?? "") !== "",
    missing: options.missing ??
      (options.useCache ? await missingFrom(project, options) : undefined),
    logins: asksLogins(config) && !plan.offline
      ? await findLogins(options.platform)
      : undefined,
  });
}

/** Names of the extensions that the cache does not have, or has damaged. */
async function missingFrom(
  { plan }: Project,
  { platform }: ProjectRequirementsOptions,
): Promise<ReadonlySet<string>> {
  const cache = openCache(plan.cacheDir, platform);
  const { files } = platform;
  const missing = new Set<string>();
  const queue = plan.extensions.values();
  const look = async () => {
    for (const planned of queue) {
      if (planned.source !== "oci") continue;
      const isThere = await isCached(plan, planned, { cache, files });
      if (!isThere) missing.add(planned.name);
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  return missing;
}

function asksLogins({ oci, auth, settings }: Config): boolean {
  return settings.dockerCredentials &&
    oci.some(({ registry }) => entryFor(auth, registry) === undefined);
}

/** Login files, the variables that were read to find them, and the programs that they name. */
async function findLogins(platform: Platform) {
  const { loginPaths } = await import("../registry/mod.ts");
  const variables: string[] = [];
  const files = loginPaths({
    env(name) {
      variables.push(name);
      return platform.env(name);
    },
  });
  const helpers = new Set<string>();
  for (const file of files) {
    for (const helper of await helpersIn(file, platform)) helpers.add(helper);
  }
  return { files, variables, helpers: [...helpers] };
}

async function helpersIn(
  file: string,
  { files }: Platform,
): Promise<readonly string[]> {
  try {
    const json: unknown = JSON.parse(
      new TextDecoder().decode(await files.read(file)),
    );
    const { credsStore, credHelpers } = json as Record<string, unknown>;
    return [credsStore, ...Object.values(credHelpers ?? {})]
      .filter((name): name is string => typeof name === "string" && name !== "")
      .map((name) => `docker-credential-${name}`);
  } catch {
    // Not there, or not readable: the client warns when it needs it.
    return [];
  }
}
