/**
 * `forge pull`: everything that `run` does before it loads, and the lock file
 * brought up to date where there is one.
 *
 * @module
 */

import type { Outcome } from "../../install/mod.ts";
import {
  lockPathIn,
  lockProject,
  type Project,
  projectRequirements,
  writeRequirements,
} from "../../project/mod.ts";
import type { Arguments, Command } from "../command.ts";
import { type CommandIo, EXIT_FAILED, EXIT_OK } from "../io.ts";
import { printError } from "../problem.ts";
import { reportJson, reportTable } from "../report.ts";
import {
  installSession,
  narrated,
  openSession,
  PROJECT_OPTIONS,
} from "../session.ts";

/** The command. */
export const pull: Command = {
  name: "pull",
  operands: "",
  arity: { min: 0, max: 0 },
  options: PROJECT_OPTIONS,
  emptyJson: { extensions: [] },
  examples: [
    ["forge pull", "Fill the cache, for instance before going offline"],
    ["forge pull --frozen", "Exactly what forge.lock says, or nothing"],
    ["forge pull --json", "For a program to read"],
  ],
  sandboxed: true,
  async requirements(project, { platform }) {
    const path = isKept(project) ? lockPathIn(project.location) : undefined;
    return [
      ...await projectRequirements(project, {
        platform,
        useCache: true,
        onlyInstall: true,
      }),
      ...path ? await writeRequirements(path, "the lock file", platform) : [],
    ];
  },
  async run(args, io, mode) {
    const project = await openSession(args, io);
    const outcomes = isKept(project)
      ? await pullAndLock(project, args, io)
      : await installSession(project, args, io);
    const ok = outcomes.every(({ status }) => status !== "failed");
    const entries = outcomes.map((outcome) => ({ outcome, loaded: false }));
    io.out(
      args.options["json"] === true
        ? reportJson(entries, { ok, sandbox: mode })
        : reportTable(entries, io.columns),
    );
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

/** Whether there is a lock file to bring up to date. */
function isKept({ lock, plan }: Project): boolean {
  return lock !== undefined && !plan.frozen;
}

async function pullAndLock(
  project: Project,
  args: Arguments,
  io: CommandIo,
): Promise<readonly Outcome[]> {
  const quiet = args.options["quiet"] === true;
  const { outcomes, changes } = await narrated(
    args,
    io,
    (onEvent) =>
      lockProject(project, {
        platform: io.platform,
        signal: io.signal,
        onEvent,
      }),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "failed") printError(io, outcome.error);
  }
  for (const { name, kind } of changes) {
    if (kind !== "kept" && !quiet) io.err(`${kind} ${name} in the lock file\n`);
  }
  return outcomes;
}
