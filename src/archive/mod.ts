/**
 * Images in one file: the OCI image layout as a tar archive, which `skopeo`,
 * `oras` and others read and write.
 *
 * An archive speaks as a repository does, so that what copies to and pulls
 * from registries copies to and pulls from archives, with the same checks.
 *
 * @module
 */

export {
  type ArchivedImage,
  type ImageArchive,
  type NamelessImage,
  openArchive,
  type OpenArchiveOptions,
} from "./open_archive.ts";
export {
  type ArchiveWriter,
  createArchive,
  type ImageName,
} from "./create_archive.ts";
export { damagedArchive } from "./damaged_archive.ts";
