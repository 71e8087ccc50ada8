/**
 * The grammar of names, as a registry checks it: without a host.
 *
 * @module
 */

import { parseTag } from "../oci/mod.ts";
import { ForgeError } from "../errors.ts";

/** distribution-spec, "Pulling manifests": `<name>`. */
const REPOSITORY =
  /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
/** distribution-spec, "Pulling manifests", implementers note. */
const MAX_REPOSITORY_LENGTH = 255;

/** Reads the name of a repository; `undefined` where it breaks the grammar. */
export function tryParseRepository(text: string): string | undefined {
  return text.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(text)
    ? text
    : undefined;
}

/** Reads a tag; `undefined` where it breaks the grammar. */
export function tryParseTag(text: string): string | undefined {
  try {
    return parseTag(text);
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}
