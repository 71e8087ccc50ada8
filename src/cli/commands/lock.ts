/**
 * `forge lock`: writes down what every extension is.
 *
 * @module
 */

import { relative } from "../../path.ts";
import {
  type LockChange,
  type LockedProject,
  lockPathIn,
  lockProject,
  projectRequirements,
  writeRequirements,
} from "../../project/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { printError } from "../problem.ts";
import { narrated, openSession, PROJECT_OPTIONS } from "../session.ts";
import { formatTable, shortDigest } from "../table.ts";

const { frozen: _, ...OPTIONS } = PROJECT_OPTIONS;

/** The command. */
export const lock: Command = {
  name: "lock",
  operands: "",
  arity: { min: 0, max: 0 },
  options: OPTIONS,
  emptyJson: { changes: [] },
  examples: [
    ["forge lock", "Then commit forge.lock, and run with --frozen"],
    ["forge lock --offline", "From the cache, without any network"],
  ],
  sandboxed: true,
  async requirements(project, { platform }) {
    const path = lockPathIn(project.location);
    return [
      ...await projectRequirements(project, {
        platform,
        useCache: true,
        onlyInstall: true,
      }),
      ...await writeRequirements(path, "the lock file", platform),
    ];
  },
  async run(args, io) {
    const project = await openSession(args, io);
    const locked = await narrated(args, io, (onEvent) =>
      lockProject(project, {
        platform: io.platform,
        signal: io.signal,
        onEvent,
      }));
    for (const outcome of locked.outcomes) {
      if (outcome.status === "failed") printError(io, outcome.error);
    }
    const ok = locked.missing.length === 0;
    if (args.options["json"] === true) io.out(json(locked, ok));
    else if (ok) io.out(text(locked, io));
    if (!ok) sayMissing(locked, io);
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

function text({ changes, path }: LockedProject, io: Io): string {
  const file = relative(io.platform.cwd(), path);
  if (changes.length === 0) return `${file}: nothing to lock\n`;
  const rows = changes.map(({ name, kind, before, after }) => {
    const { reference = "-", manifestDigest = "-" } = after ?? before ?? {};
    return [name, reference, shortDigest(manifestDigest), kind];
  });
  return formatTable(
    [["NAME", "REFERENCE", "DIGEST", "LOCK"], ...rows],
    [],
    io.columns,
  );
}

function json({ path, changes, missing }: LockedProject, ok: boolean): string {
  const list = changes.map(({ name, kind, before, after }: LockChange) => ({
    name,
    change: kind,
    before: kind === "kept" ? undefined : before,
    after,
  }));
  return JSON.stringify({ path, changes: list, missing, ok }, null, 2) + "\n";
}

/** Says that, and why, the lock file is as it was. */
export function sayMissing(
  { missing, path }: LockedProject,
  io: Io,
): void {
  const file = relative(io.platform.cwd(), path);
  io.err(
    `${file} is as it was: ${missing.join(", ")} could not be locked\n`,
  );
}
