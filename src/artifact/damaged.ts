/**
 * The error for packed content that cannot be unpacked.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";

/**
 * Makes the error for a layer that its format's reader refuses.
 *
 * The bytes are the ones that were published, so that trying again is no help.
 *
 * @param format `gzip`, `zstd` or `tar`.
 * @param cause What the reader said.
 */
export function damaged(format: string, cause: unknown): ForgeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ForgeError(
    "ARTIFACT_UNSUPPORTED",
    `Cannot unpack layer: its ${format} data is damaged (${why})`,
    { hint: "The layer was published like this: push the image again", cause },
  );
}
