/**
 * What earlier, interrupted downloads left of a blob.
 *
 * Every download writes a file of its own, named after the digest it is of and
 * a chance part, so that processes never write to one file. A later download
 * copies what is there and asks the registry for the rest; whether it is right
 * is for the digest to say.
 *
 * @module
 */

import { join } from "../path.ts";
import { type Digest, digestHex } from "../oci/mod.ts";
import type { Clock, Files } from "../platform/types.ts";

/** Smaller remains are not worth a file: the blob is fetched again as fast. */
export const MIN_RESUMABLE_BYTES: number = 1024 * 1024;

/** A download that has not written for so long is over: the client gives up after one minute. */
const ABANDONED_AFTER_MS = 2 * 60 * 1000;
/** Ends the name of a file that its download gave up in order. */
const KEPT_SUFFIX = "-kept.partial";

/** What is left of a download. */
export interface Remains {
  /** Where it is. */
  readonly path: string;
  /** How many bytes there are. */
  readonly size: number;
  /** Whether nobody writes to it any more. */
  readonly isAbandoned: boolean;
}

/** The name for a download of a blob. */
export function partialName(digest: Digest, chance: string): string {
  return `.forge-${digestHex(digest)}-${chance}.partial`;
}

/** The name under which a download leaves what it has. */
export function keptPath(path: string): string {
  return path.replace(/\.partial$/, KEPT_SUFFIX);
}

/** Whether a download left a file in order: nobody writes to it any more. */
export function isKept(name: string): boolean {
  return name.endsWith(KEPT_SUFFIX);
}

/** Lists what is left of a blob, the most first. */
export async function listRemains(
  directory: string,
  digest: Digest,
  outside: { readonly files: Files; readonly clock: Clock },
): Promise<readonly Remains[]> {
  const { files, clock } = outside;
  const prefix = `.forge-${digestHex(digest)}-`;
  const found: Remains[] = [];
  for (const name of await files.list(directory) ?? []) {
    if (!name.startsWith(prefix) || !name.endsWith(".partial")) continue;
    const path = join(directory, name);
    const stat = await files.stat(path);
    if (stat === undefined) continue;
    const isAbandoned = isKept(name) ||
      clock.now() - stat.modifiedMs > ABANDONED_AFTER_MS;
    found.push({ path, size: stat.size, isAbandoned });
  }
  return found.sort((a, b) => b.size - a.size);
}
