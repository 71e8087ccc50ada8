/**
 * What the commands that change which version is used have in common.
 *
 * @module
 */

import type { Requirement } from "../permissions/mod.ts";
import {
  lockPathIn,
  type Project,
  projectRequirements,
  selectOci,
  writeRequirements,
} from "../project/mod.ts";
import type { OptionSpec } from "./command.ts";
import type { Io } from "./io.ts";
import { PROJECT_OPTIONS } from "./session.ts";

const { frozen: _, offline: __, ...REST } = PROJECT_OPTIONS;

/** Options of the commands that ask registries for versions. */
export const VERSION_OPTIONS: Readonly<Record<string, OptionSpec>> = REST;

/** The registries of the named extensions, and the files that may be changed. */
export async function versionRequirements(
  project: Project,
  { platform }: Io,
  { names, changes }: {
    readonly names: readonly string[];
    readonly changes: boolean;
  },
): Promise<readonly Requirement[]> {
  const { location } = project;
  const missing = new Set(selectOci(project, names).map(({ name }) => name));
  const plan = { ...project.plan, offline: false };
  const needed = await projectRequirements({ ...project, plan }, {
    platform,
    onlyInstall: true,
    missing,
  });
  if (!changes || location.kind !== "file") return needed;
  return [
    ...needed,
    ...await writeRequirements(location.path, "to change versions", platform),
    ...await writeRequirements(
      lockPathIn(location),
      "the lock file",
      platform,
    ),
  ];
}

/** Whether the answer is yes; anything else is no. */
export async function agrees(question: string, io: Io): Promise<boolean> {
  const answer = await io.ask?.(`${question} [y/N] `);
  return /^y(es)?$/i.test((answer ?? "").trim());
}
