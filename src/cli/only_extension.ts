/**
 * What the commands that name one extension have in common.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Project } from "../project/mod.ts";

/**
 * The project with that one extension only: the others need not be had.
 *
 * @throws {ForgeError} `EXTENSION_NOT_FOUND`.
 */
export function onlyExtension(project: Project, name: string): Project {
  const { oci, local } = project.config;
  const config = {
    ...project.config,
    oci: oci.filter((extension) => extension.name === name),
    local: local.filter((extension) => extension.name === name),
  };
  if (config.oci.length + config.local.length === 0) {
    const names = [...oci, ...local].map((extension) => extension.name);
    throw new ForgeError(
      "EXTENSION_NOT_FOUND",
      `Cannot find an extension named "${name}" in the configuration`,
      {
        hint: names.length === 0
          ? "It names none"
          : `It names ${names.join(", ")}`,
      },
    );
  }
  const plan = {
    ...project.plan,
    extensions: project.plan.extensions.filter((each) => each.name === name),
  };
  return { ...project, config, plan };
}
