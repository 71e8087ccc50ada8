/**
 * Which runtime with the modules of Node this is.
 *
 * @module
 */

import type { Platform } from "./types.ts";

/**
 * Its name and version. Bun gives a version of Node as well: the one whose
 * modules it has.
 *
 * @param versions `process.versions`.
 */
export function nameNodeRuntime(
  versions: Readonly<Record<string, string | undefined>>,
): Pick<Platform, "runtimeName" | "runtimeVersion"> {
  return versions["bun"] === undefined
    ? { runtimeName: "Node", runtimeVersion: versions["node"] }
    : { runtimeName: "Bun", runtimeVersion: versions["bun"] };
}
