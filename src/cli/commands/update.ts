/**
 * `forge update`: moves extensions to what their tags name now, after a look
 * at what is different.
 *
 * @module
 */

import { readModule } from "../../install/mod.ts";
import {
  applyUpdates,
  compareModules,
  type FetchedUpdates,
  fetchUpdates,
  type ModuleChanges,
  type Project,
  type Update,
} from "../../project/mod.ts";
import { type Arguments, type Command, usage } from "../command.ts";
import { EXIT_FAILED, EXIT_OK, type Io } from "../io.ts";
import { changesText } from "../module_changes_text.ts";
import { printError, problemJson } from "../problem.ts";
import { dropForComparison, type SandboxMode } from "../sandbox.ts";
import { narrated, openSession } from "../session.ts";
import {
  agrees,
  VERSION_OPTIONS,
  versionRequirements,
} from "../version_options.ts";

/** The command. */
export const update: Command = {
  name: "update",
  operands: "[NAME...]",
  arity: { min: 0, max: Infinity },
  completes: [{ extensions: true }],
  options: {
    latest: {
      type: "boolean",
      summary: "To the newest version, not only where the tag is now",
    },
    "dry-run": {
      type: "boolean",
      short: "n",
      summary: "Show what is different, change nothing",
    },
    yes: { type: "boolean", short: "y", summary: "Do not ask" },
    ...VERSION_OPTIONS,
  },
  emptyJson: { updates: [] },
  examples: [
    ["forge update", "Show what is different, then ask"],
    ["forge update notes --latest", "That one, to its newest version"],
    ["forge update --yes --json", "For a program"],
  ],
  sandboxed: true,
  requirements: (project, io, { operands }) =>
    versionRequirements(project, io, { names: operands, changes: true }),
  async run(args, io, mode) {
    requireAnswer(args, io);
    const project = await openSession(args, io);
    const fetched = await narrated(
      args,
      io,
      (onEvent) =>
        fetchUpdates(project, {
          platform: io.platform,
          names: args.operands,
          latest: args.options["latest"] === true,
          signal: io.signal,
          onEvent,
        }),
    );
    for (const { name, error } of fetched.failed) printError(io, error, name);
    const compared = await compareAll(fetched.updates, mode, io);
    const isJson = args.options["json"] === true;
    if (!isJson) io.out(compared.map(({ text }) => text).join("\n"));
    const isApplied = await decide(fetched, args, io);
    if (isApplied) {
      const { platform, signal } = io;
      await applyUpdates(project, fetched.updates, { platform, signal });
    }
    if (isJson) io.out(json(compared, fetched, isApplied));
    else say(project, fetched, isApplied, io);
    return fetched.failed.length === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

/** Nobody is asked in vain: who cannot answer says so before. */
function requireAnswer({ options }: Arguments, io: Io): void {
  if (options["yes"] === true || options["dry-run"] === true) return;
  if (options["json"] !== true && io.ask !== undefined) return;
  throw usage(
    update,
    "Cannot ask whether to update: add --yes, or --dry-run to look only",
  );
}

interface Compared {
  readonly update: Update;
  readonly changes: ModuleChanges;
  readonly text: string;
}

/** Modules are started to be asked for their schema: from here on without a network. */
async function compareAll(
  updates: readonly Update[],
  mode: SandboxMode,
  io: Io,
): Promise<readonly Compared[]> {
  if (updates.length === 0) return [];
  await dropForComparison(mode, io);
  const compared: Compared[] = [];
  for (const each of updates) {
    const { name, before, after } = each;
    const { signal, whileBusy, platform: { files } } = io;
    const old = before &&
      await readModule({ ...after, ...before }, { files, signal });
    const now = await readModule(after, { files, signal });
    const changes = await compareModules(old, now, {
      ...{ name, signal, whileBusy },
    });
    compared.push({ update: each, changes, text: changesText(each, changes) });
  }
  return compared;
}

async function decide(
  { updates }: FetchedUpdates,
  { options }: Arguments,
  io: Io,
): Promise<boolean> {
  if (updates.length === 0 || options["dry-run"] === true) return false;
  if (options["yes"] === true) return true;
  const what = updates.length === 1 ? "this one" : `these ${updates.length}`;
  return await agrees(`Update ${what}?`, io);
}

function say(
  { lock }: Project,
  { updates, current, failed }: FetchedUpdates,
  isApplied: boolean,
  io: Io,
): void {
  if (updates.length === 0) {
    if (failed.length === 0) io.err("Everything is as new as its tag\n");
    const newer = current.filter((each) => each.newer !== undefined);
    for (const { name, newer: version } of newer) {
      io.err(`${name} has ${version}: forge update ${name} --latest\n`);
    }
    return;
  }
  if (!isApplied) return io.err("Nothing is changed\n");
  const names = updates.map(({ name }) => name).join(", ");
  io.err(`Updated ${names}\n`);
  if (lock === undefined) {
    io.err(
      "  hint: forge lock writes forge.lock, so that others get the same\n",
    );
  }
}

function json(
  compared: readonly Compared[],
  { failed, current }: FetchedUpdates,
  applied: boolean,
): string {
  const document = {
    ok: failed.length === 0,
    applied,
    updates: compared.map((
      { update: { name, from, tag, digest }, changes },
    ) => ({
      name,
      from: { tag: from.tag, digest: from.used },
      to: { tag, digest },
      ...changes,
    })),
    current: current.map(({ name, tag, newer }) => ({ name, tag, newer })),
    failed: failed.map(({ name, error }) => ({
      name,
      error: JSON.parse(problemJson(error, {})).error,
    })),
  };
  return JSON.stringify(document, null, 2) + "\n";
}
