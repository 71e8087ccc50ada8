/**
 * `forge outdated`: what the registries have that is newer than what is used.
 *
 * @module
 */

import { type ExtensionVersions, lookUpVersions } from "../../project/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK } from "../io.ts";
import { printError, problemJson } from "../problem.ts";
import { loudnessOf, narrate } from "../narration.ts";
import { openSession } from "../session.ts";
import { formatTable, shortDigest } from "../table.ts";
import { VERSION_OPTIONS, versionRequirements } from "../version_options.ts";

/** The command. */
export const outdated: Command = {
  name: "outdated",
  operands: "[NAME...]",
  arity: { min: 0, max: Infinity },
  completes: [{ extensions: true }],
  options: {
    check: {
      type: "boolean",
      summary: "Fail if anything is outdated",
    },
    ...VERSION_OPTIONS,
  },
  emptyJson: { extensions: [] },
  examples: [
    ["forge outdated", "Tags that moved, and newer versions"],
    ["forge outdated --check", "For a job that reminds you"],
  ],
  sandboxed: true,
  requirements: (project, io, { operands }) =>
    versionRequirements(project, io, { names: operands, changes: false }),
  async run(args, io) {
    const project = await openSession(args, io);
    const versions = await lookUpVersions(project, {
      platform: io.platform,
      names: args.operands,
      signal: io.signal,
      onEvent: (event) => narrate(event, io, loudnessOf(args)),
    });
    const failed = versions.filter(({ error }) => error !== undefined);
    for (const { name, error } of failed) printError(io, error, name);
    const ok = failed.length === 0;
    const old = versions.filter(isOutdated);
    if (args.options["json"] === true) io.out(json(versions, ok));
    else if (versions.length === 0) io.err("No extension is from a registry\n");
    else io.out(table(versions, io.columns));
    if (old.length > 0 && args.options["json"] !== true) {
      const named = old.map(({ name }) => name).join(" ");
      io.err(`Outdated: run forge update ${named}\n`);
    }
    const isFine = ok && (old.length === 0 || args.options["check"] !== true);
    return isFine ? EXIT_OK : EXIT_FAILED;
  },
};

/** Whether the tag names another manifest than the one that is used. */
function hasMoved({ used, latest }: ExtensionVersions): boolean {
  return used !== undefined && latest !== undefined && used !== latest;
}

function isOutdated(versions: ExtensionVersions): boolean {
  return hasMoved(versions) || versions.newer !== undefined;
}

function table(
  versions: readonly ExtensionVersions[],
  width: number | undefined,
): string {
  const rows = versions.map((each) => {
    const { name, tag, used, latest, newer } = each;
    const now = hasMoved(each) ? shortDigest(latest ?? "-") : "as used";
    return [
      name,
      tag ?? "-",
      shortDigest(used ?? "-"),
      latest === undefined ? "-" : used === undefined ? "not used yet" : now,
      newer ?? "-",
    ];
  });
  return formatTable(
    [["NAME", "TAG", "USED", "REGISTRY", "NEWER"], ...rows],
    [],
    width,
  );
}

function json(versions: readonly ExtensionVersions[], ok: boolean): string {
  const extensions = versions.map(({ error, planned, ...each }) => ({
    ...each,
    registry: planned.registry,
    image: planned.image,
    reference: planned.reference,
    moved: hasMoved({ error, planned, ...each }),
    error: error === undefined
      ? undefined
      : JSON.parse(problemJson(error, {})).error,
  }));
  return JSON.stringify({ ok, extensions }, null, 2) + "\n";
}
