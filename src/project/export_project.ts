/**
 * From a project's cache to an archive, for machines without a network.
 *
 * @module
 */

import type { Platform } from "../platform/types.ts";
import type { TransferEvent } from "../publish/mod.ts";
import type { RegistryEvent } from "../registry/mod.ts";
import type { Project } from "./project.ts";

/** Options of {@linkcode exportProject}. */
export interface ExportProjectOptions {
  /** Disk, environment, network and clock. */
  readonly platform: Platform;
  /** The archive to write, absolute; replaced if it exists, when all is written. */
  readonly path: string;
  /** Stops everything. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what happens as it happens. */
  readonly onEvent?:
    | ((event: TransferEvent | RegistryEvent) => void)
    | undefined;
}

/** An extension in an archive. */
export interface ExportedExtension {
  /** Its name. */
  readonly name: string;
  /** The manifest that its reference names. */
  readonly manifestDigest: string;
}

/**
 * Writes all OCI extensions of a project to one archive: an OCI image layout
 * that other tools read as well.
 *
 * What is in the cache is exported, verified, whatever tags name by now.
 * Modules come from the cache; the registry is asked for the manifests, and for
 * signatures and whatever else refers to them.
 *
 * @returns What is in the archive, in the order of the configuration.
 * @throws {ForgeError} `NOT_CACHED` or `CACHE_CORRUPT` for an extension that
 * the cache lacks; whatever stands in the way of the registries.
 *
 * @example
 * ```ts
 * import {
 *   exportProject,
 *   installProject,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * await installProject(project, { platform });
 * await exportProject(project, {
 *   platform,
 *   path: `${platform.cwd()}/images.tar`,
 * });
 * ```
 */
export async function exportProject(
  project: Project,
  options: ExportProjectOptions,
): Promise<readonly ExportedExtension[]> {
  const { writeArchive } = await import("./write_archive.ts");
  return await writeArchive(project, options);
}
