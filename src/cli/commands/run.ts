/**
 * `forge run`: everything from the configuration to running extensions.
 *
 * @module
 */

import { ForgeError } from "../../errors.ts";
import { type Outcome, readModule } from "../../install/mod.ts";
import { loadExtension } from "../../runtime/mod.ts";
import { checkHeader } from "../../wasm/mod.ts";
import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { printError } from "../problem.ts";
import { dropForForeignCode } from "../sandbox.ts";
import { type ReportEntry, reportJson, reportTable } from "../report.ts";
import {
  installSession,
  openSession,
  printLog,
  PROJECT_OPTIONS,
} from "../session.ts";

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
    ["forge run --offline", "From the cache, without any network"],
  ],
  sandboxed: true,
  async run(args, io, mode) {
    const project = await openSession(args, io);
    const outcomes = await installSession(project, args, io);
    // Online, a start with an extension missing is no start.
    const complete = outcomes.every(({ status }) => status !== "failed");
    await dropForForeignCode(mode, io);
    const entries: ReportEntry[] = [];
    for (const outcome of outcomes) {
      entries.push(
        complete ? await load(outcome, io) : { outcome, loaded: false },
      );
    }
    const ok = complete && entries.every(({ loadError }) => !loadError);
    const print = args.options["json"] === true
      ? reportJson(entries, { ok, sandbox: mode })
      : reportTable(entries);
    if (entries.length > 0 || args.options["json"] === true) io.out(print);
    else io.err(nothingToRun(project.location));
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};

async function load(outcome: Outcome, io: Io): Promise<ReportEntry> {
  if (!("path" in outcome)) return { outcome, loaded: false };
  let kind: ReportEntry["kind"];
  try {
    const bytes = await readModule(outcome, {
      files: io.platform.files,
      signal: io.signal,
    });
    kind = checkHeader(bytes);
    await loadExtension({ name: outcome.name, bytes }, {
      onLog: (line) => printLog(io, line),
      signal: io.signal,
    });
    return { outcome, loaded: true, kind };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    printError(io, error);
    return { outcome, loaded: false, kind, loadError: error };
  }
}

function nothingToRun(
  location: { readonly kind: string; readonly root: string },
): string {
  return location.kind === "scan"
    ? `No forge.ron in ${location.root}, and nothing in crates/server/extensions/: nothing to run\n`
    : "The configuration names no extensions: nothing to run\n";
}
