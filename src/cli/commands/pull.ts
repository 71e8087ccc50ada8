/**
 * `forge pull`: everything that `run` does before it loads.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { EXIT_FAILED, EXIT_OK } from "../io.ts";
import { reportJson, reportTable } from "../report.ts";
import { installSession, openSession, PROJECT_OPTIONS } from "../session.ts";

/** The command. */
export const pull: Command = {
  name: "pull",
  operands: "",
  arity: { min: 0, max: 0 },
  options: PROJECT_OPTIONS,
  emptyJson: { extensions: [] },
  examples: [
    ["forge pull", "Fill the cache, for instance before going offline"],
    ["forge pull --json", "For a program to read"],
  ],
  sandboxed: true,
  onlyInstalls: true,
  async run(args, io, mode) {
    const project = await openSession(args, io);
    const outcomes = await installSession(project, args, io);
    const ok = outcomes.every(({ status }) => status !== "failed");
    const entries = outcomes.map((outcome) => ({ outcome, loaded: false }));
    io.out(
      args.options["json"] === true
        ? reportJson(entries, { ok, sandbox: mode })
        : reportTable(entries),
    );
    return ok ? EXIT_OK : EXIT_FAILED;
  },
};
