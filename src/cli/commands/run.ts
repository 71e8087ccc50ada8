/**
 * `forge run`: everything from the configuration to running extensions.
 *
 * @module
 */

import {
  extensionOptions,
  loadExtensions,
  type LoadOutcome,
} from "../../project/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { printError } from "../problem.ts";
import { dropForForeignCode } from "../sandbox.ts";
import { type ReportEntry, reportJson, reportTable } from "../report.ts";
import { printLog } from "../narration.ts";
import { installSession, openSession, PROJECT_OPTIONS } from "../session.ts";

/** The command. */
export const run: Command = {
  name: "run",
  operands: "",
  arity: { min: 0, max: 0 },
  options: PROJECT_OPTIONS,
  emptyJson: { extensions: [] },
  examples: [
    ["forge run", "Find the configuration and run it"],
    ["forge run --config deploy/forge.ron --json", "For a program to read"],
    ["forge run --frozen", "Only what forge.lock says, byte for byte"],
    ["forge run --offline", "From the cache, without any network"],
  ],
  sandboxed: true,
  async run(args, io, mode) {
    const project = await openSession(args, io);
    const outcomes = await installSession(project, args, io);
    // Online, a start with an extension missing is no start.
    const complete = outcomes.every(({ status }) => status !== "failed");
    await dropForForeignCode(mode, io, project);
    await using extensions = await loadExtensions(complete ? outcomes : [], {
      platform: io.platform,
      optionsFor: ({ name }) => ({
        ...extensionOptions(project, name, io),
        whileBusy: io.whileBusy,
        onLog: (line) => printLog(io, line),
      }),
      signal: io.signal,
    });
    const entries: readonly ReportEntry[] = complete
      ? extensions.outcomes.map((outcome) => entryFor(outcome, io))
      : outcomes.map((outcome) => ({ outcome, loaded: false }));
    const ok = complete && entries.every(({ loadError }) => !loadError);
    const print = args.options["json"] === true
      ? reportJson(entries, { ok, sandbox: mode })
      : reportTable(entries, io.columns);
    if (entries.length > 0 || args.options["json"] === true) io.out(print);
    else io.err(nothingToRun(project.location));
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

function entryFor(result: LoadOutcome, io: Io): ReportEntry {
  const { outcome } = result;
  switch (result.status) {
    case "missing":
      return { outcome, loaded: false };
    case "failed":
      printError(io, result.error);
      return { outcome, loaded: false, loadError: result.error };
    case "loaded": {
      const { kind, info } = result.extension;
      return { outcome, loaded: true, kind, info };
    }
  }
}

function nothingToRun(
  location: { readonly kind: string; readonly root: string },
): string {
  return location.kind === "scan"
    ? `No forge.ron in ${location.root}, and nothing in crates/server/extensions/: nothing to run\n`
    : "The configuration names no extensions: nothing to run\n";
}
