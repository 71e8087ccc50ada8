/**
 * Writing an archive.
 *
 * @module
 */

import type { Descriptor } from "../oci/mod.ts";
import type { FileSink } from "../platform/types.ts";
import type { ImageTarget } from "../registry/mod.ts";

/** The name of an image, as `forge.ron` has it. */
export interface ImageName {
  /** Registry host. */
  readonly registry: string;
  /** Image path. */
  readonly image: string;
  /** Tag or whole digest. */
  readonly reference: string;
}

/** An archive being written. */
export interface ArchiveWriter {
  /** What images of that name can be copied to. */
  readonly repository: (registry: string, image: string) => ImageTarget;
  /** Gives an image that has been copied a name. */
  readonly name: (descriptor: Descriptor, name: ImageName) => void;
  /** Writes the list of images and ends the archive; the file stays open. */
  readonly finish: () => Promise<void>;
}

/**
 * Starts an archive.
 *
 * @param sink A file that is open and empty. What it has is worthless until
 * `finish` has resolved.
 *
 * @example
 * ```ts
 * import {
 *   copyImage,
 *   createArchive,
 *   createProjectClient,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const client = await createProjectClient(project.config, {
 *   platform,
 *   root: project.location.root,
 *   registries: ["ghcr.io"],
 *   offline: false,
 * });
 * const file = await platform.files.create(`${platform.cwd()}/images.tar`);
 * const archive = await createArchive(file);
 * await copyImage(
 *   {
 *     repository: client.repository("ghcr.io", "acme/extensions/notes"),
 *     reference: "v1.0.0",
 *   },
 *   archive.repository("ghcr.io", "acme/extensions/notes"),
 *   { tags: ["v1.0.0"] },
 * );
 * await archive.finish();
 * await file.close();
 * ```
 */
export async function createArchive(sink: FileSink): Promise<ArchiveWriter> {
  const { startArchive } = await import("./archive_writer.ts");
  return await startArchive(sink);
}
