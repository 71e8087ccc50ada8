/**
 * Which of many tags is the version after this one.
 *
 * @module
 */

import { compareVersions } from "compare-versions";

/** A whole version, with or without a `v` (semver.org, 2.0.0; a tag cannot have build metadata). */
const VERSION =
  /^v?(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?<pre>-[0-9A-Za-z.-]+)?$/;

/**
 * The newest version among tags, if it is newer than the given one.
 *
 * Tags that are no whole version are passed over; so are versions before a
 * release (`v2.0.0-rc.1`), unless the given one is one itself.
 *
 * @returns `undefined` when there is none, or the given tag is no version.
 *
 * @example
 * ```ts ignore
 * newerTag("v1.2.0", ["latest", "v1.10.0", "v2.0.0-rc.1"]); // "v1.10.0"
 * ```
 */
export function newerTag(
  current: string,
  tags: readonly string[],
): string | undefined {
  const given = VERSION.exec(current);
  if (given === null) return undefined;
  const takesPre = given.groups?.["pre"] !== undefined;
  let newest = current;
  for (const tag of tags) {
    const version = VERSION.exec(tag);
    if (version === null) continue;
    if (version.groups?.["pre"] !== undefined && !takesPre) continue;
    const order = compareVersions(tag, newest);
    // Of two spellings of one version, that of the given tag.
    const isTwin = order === 0 && newest !== current &&
      tag.startsWith("v") === current.startsWith("v");
    if (order > 0 || isTwin) newest = tag;
  }
  return newest === current ? undefined : newest;
}
