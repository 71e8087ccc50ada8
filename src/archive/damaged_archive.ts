/**
 * The error for a file that is no archive of images.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/** Says what is wrong with an archive. */
export function damagedArchive(
  path: string,
  reason: string,
  hint =
    "Make it again, with forge cache export or skopeo copy ... oci-archive:FILE",
): ForgeError {
  return new ForgeError(
    "ARCHIVE_INVALID",
    `Cannot read the archive "${path}": ${reason}`,
    { hint },
  );
}
