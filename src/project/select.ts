/**
 * The extensions that somebody names, out of those of a project.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { PlannedOci } from "../install/mod.ts";
import type { Project } from "./project.ts";

/**
 * The extensions from registries that these names stand for; all of them
 * where none is named.
 *
 * @throws {ForgeError} `EXTENSION_NOT_FOUND` for a name that is not there, or
 * is one of a file on the disk.
 */
export function selectOci(
  { plan }: Pick<Project, "plan">,
  names: readonly string[] = [],
): readonly PlannedOci[] {
  const all = plan.extensions.filter((planned) => planned.source === "oci");
  for (const name of names) {
    if (all.some((planned) => planned.name === name)) continue;
    const isLocal = plan.extensions.some((planned) => planned.name === name);
    const known = all.map((planned) => planned.name);
    throw new ForgeError(
      "EXTENSION_NOT_FOUND",
      isLocal
        ? `Cannot look for versions of "${name}": it is a file on the disk`
        : `Cannot find an extension named "${name}" in the configuration`,
      {
        hint: known.length === 0
          ? "It names none from a registry"
          : `From registries it names ${known.join(", ")}`,
      },
    );
  }
  return names.length === 0
    ? all
    : all.filter((planned) => names.includes(planned.name));
}
