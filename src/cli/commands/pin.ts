/**
 * `forge pin`: digests in the place of tags.
 *
 * @module
 */

import { relative } from "../../path.ts";
import { type PinOutcome, pinProject } from "../../project/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { printError, problemJson } from "../problem.ts";
import { loudnessOf, narrate } from "../narration.ts";
import { openSession } from "../session.ts";
import { formatTable, shortDigest } from "../table.ts";
import { VERSION_OPTIONS, versionRequirements } from "../version_options.ts";

/** The command. */
export const pin: Command = {
  name: "pin",
  operands: "[NAME...]",
  arity: { min: 0, max: Infinity },
  completes: [{ extensions: true }],
  options: {
    "dry-run": {
      type: "boolean",
      short: "n",
      summary: "Say what would be pinned, change nothing",
    },
    ...VERSION_OPTIONS,
  },
  emptyJson: { extensions: [] },
  examples: [
    ["forge pin", "Every extension; tags stay as comments"],
    ["forge pin notes", "Only that one"],
  ],
  sandboxed: true,
  requirements: (project, io, { operands }) =>
    versionRequirements(project, io, { names: operands, changes: true }),
  async run(args, io) {
    const project = await openSession(args, io);
    const dryRun = args.options["dry-run"] === true;
    const outcomes = await pinProject(project, {
      platform: io.platform,
      names: args.operands,
      signal: io.signal,
      dryRun,
      onEvent: (event) => narrate(event, io, loudnessOf(args)),
    });
    const failed = outcomes.filter(({ status }) => status === "failed");
    for (const { name, error } of failed) printError(io, error, name);
    const ok = failed.length === 0;
    if (args.options["json"] === true) io.out(json(outcomes, ok, dryRun));
    else if (ok) io.out(table(outcomes, io.columns));
    const { location } = project;
    const file = location.kind === "file"
      ? relative(io.platform.cwd(), location.path)
      : "forge.ron";
    sayWhatIsWritten(outcomes, { file, ok, dryRun }, io);
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

function table(
  outcomes: readonly PinOutcome[],
  width: number | undefined,
): string {
  const rows = outcomes.map(({ name, tag, digest, status, source }) => [
    name,
    tag ?? "-",
    shortDigest(digest ?? "-"),
    status === "pinned" ? "pinned before" : `pinned, from the ${source}`,
  ]);
  return formatTable([["NAME", "TAG", "DIGEST", "STATUS"], ...rows], [], width);
}

function json(
  outcomes: readonly PinOutcome[],
  ok: boolean,
  dryRun: boolean,
): string {
  const extensions = outcomes.map(({ error, ...outcome }) => ({
    ...outcome,
    error: error === undefined
      ? undefined
      : JSON.parse(problemJson(error, {})).error,
  }));
  return JSON.stringify({ ok, dryRun, extensions }, null, 2) + "\n";
}

function sayWhatIsWritten(
  outcomes: readonly PinOutcome[],
  { file, ok, dryRun }: {
    readonly file: string;
    readonly ok: boolean;
    readonly dryRun: boolean;
  },
  io: Io,
): void {
  const changed = outcomes.filter(({ status }) => status === "changed");
  if (!ok) io.err(`${file} is as it was\n`);
  else if (changed.length === 0) io.err(`${file}: nothing to pin\n`);
  else if (dryRun) io.err(`${file} is as it was: --dry-run\n`);
}
