/**
 * From an archive into a project's cache.
 *
 * @module
 */

import type { InstallEvent, Outcome } from "../install/mod.ts";
import type { Platform } from "../platform/types.ts";
import type { Project } from "./project.ts";

/** Options of {@linkcode importArchive}. */
export interface ImportArchiveOptions {
  /** Disk and clock; the network is not used. */
  readonly platform: Platform;
  /** The archive, absolute. */
  readonly path: string;
  /**
   * The extension that an image without a whole name is, as most tools write
   * them: the one of its tag, or the only one.
   */
  readonly as?: string | undefined;
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
 * Extensions that are pinned or locked are found by their digest, whatever the
 * archive calls them.
 *
 * @returns One outcome for each image. Its name is that in the configuration,
 * or, where that does not have it, the image's.
 * @throws {ForgeError} `FILE_NOT_FOUND`, `ARCHIVE_INVALID`, or
 * `EXTENSION_NOT_FOUND` for the name in `as`.
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
  const { readInto } = await import("./read_archive.ts");
  return await readInto(project, options);
}
