/**
 * Reading an archive.
 *
 * @module
 */

import type { Descriptor } from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import type { ImageSource, ImageSources } from "../registry/mod.ts";
import type { ImageName } from "./create_archive.ts";

/** Options of {@linkcode openArchive}. */
export interface OpenArchiveOptions {
  /** The disk. */
  readonly files: Pick<Files, "readChunks" | "stat">;
}

/** An image in an archive. */
export interface ArchivedImage extends ImageName {
  /** Its manifest or index. */
  readonly descriptor: Descriptor;
}

/** An image in an archive that does not say which registry it is from. */
export interface NamelessImage {
  /** What it is called instead, often a tag alone; many have nothing. */
  readonly label: string | undefined;
  /** Its manifest or index. */
  readonly descriptor: Descriptor;
}

/** An archive that is being read. */
export interface ImageArchive extends ImageSources {
  /** The images that have a whole name: registry, image and reference. */
  readonly images: readonly ArchivedImage[];
  /** The images that have none. */
  readonly nameless: readonly NamelessImage[];
  /** Reads images of that name, as `forge.ron` has it. Blobs are not verified: whoever reads them does that. */
  readonly repository: (registry: string, image: string) => ImageSource;
}

/**
 * Opens an archive. It has to be a plain tar: `oci-archive:` of skopeo, the
 * directory that `--to-oci-layout` of oras fills, or one of `forge cache export`.
 *
 * @param path The file, absolute.
 * @param options The disk.
 * @throws {ForgeError} `FILE_NOT_FOUND`, or `ARCHIVE_INVALID` when it is none.
 *
 * @example
 * ```ts
 * import {
 *   exportProject,
 *   installProject,
 *   openArchive,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const path = `${platform.cwd()}/images.tar`;
 * const project = await openProject({ platform });
 * await installProject(project, { platform });
 * await exportProject(project, { platform, path });
 *
 * const archive = await openArchive(path, platform);
 * archive.images.map(({ image }) => image);
 * // ["acme/extensions/notes", "acme/extensions/greeter"]
 * ```
 */
export async function openArchive(
  path: string,
  options: OpenArchiveOptions,
): Promise<ImageArchive> {
  const { readArchive } = await import("./archive_reader.ts");
  return await readArchive(path, options);
}
