/**
 * From an archive into a project's cache.
 *
 * @module
 */

import { openArchive } from "../archive/mod.ts";
import { cacheKey } from "../cache/mod.ts";
import {
  install,
  type InstallEvent,
  type Outcome,
  type PlannedOci,
} from "../install/mod.ts";
import type { Platform } from "../platform/types.ts";
import { referrersTagSubject } from "../registry/mod.ts";
import { openProjectCache, type Project } from "./project.ts";

/** Options of {@linkcode importArchive}. */
export interface ImportArchiveOptions {
  /** Disk and clock; the network is not used. */
  readonly platform: Platform;
  /** The archive, absolute. */
  readonly path: string;
  /** Stops everything. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what happens as it happens. */
  readonly onEvent?: ((event: InstallEvent) => void) | undefined;
}

/**
 * Puts every image of an archive into the cache of a project, as if it came
 * from its registry: with the same checks, and under the same key. What was in
 * the cache under that key is replaced.
 *
 * A tag means in an archive what the archive says; a digest is verified.
 *
 * @returns One outcome for each image. Its name is that in the configuration,
 * or, where that does not have it, the image's.
 * @throws {ForgeError} `FILE_NOT_FOUND`, or `ARCHIVE_INVALID`.
 *
 * @example
 * ```ts
 * import {
 *   exportProject,
 *   importArchive,
 *   installProject,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const path = `${platform.cwd()}/images.tar`;
 * const project = await openProject({ platform });
 * await installProject(project, { platform });
 * await exportProject(project, { platform, path });
 *
 * // On the machine without a network, with the same forge.ron:
 * await importArchive(project, { platform, path });
 * ```
 */
export async function importArchive(
  project: Project,
  options: ImportArchiveOptions,
): Promise<readonly Outcome[]> {
  const { platform, path, signal, onEvent } = options;
  const { files, clock } = platform;
  const archive = await openArchive(path, { files });
  const wanted = project.plan.extensions.filter((each): each is PlannedOci =>
    each.source === "oci"
  );
  const extensions = archive.images
    .filter(({ reference }) => referrersTagSubject(reference) === undefined)
    .map(({ registry, image, reference }): PlannedOci => {
      const key = cacheKey({ registry, image, reference });
      return wanted.find((planned) => planned.cacheKey === key) ?? {
        ...{ source: "oci", name: `${registry}/${image}`, registry, image },
        ...{ reference, cacheKey: key },
      };
    });
  return await install({ ...project.plan, offline: false, extensions }, {
    ...{ cache: openProjectCache(project, { platform }), client: archive },
    ...{ files, clock, signal, onEvent, refresh: true },
  });
}
