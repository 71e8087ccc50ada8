/**
 * What `run`, `pull` and `call` have in common: read, install, say what
 * happens.
 *
 * @module
 */

import type { InstallEvent, Outcome } from "../install/mod.ts";
import { installProject, openProject, type Project } from "../project/mod.ts";
import type { TransferEvent } from "../publish/mod.ts";
import type { RegistryEvent } from "../registry/mod.ts";
import type { Arguments, OptionSpec } from "./command.ts";
import type { CommandIo, Io } from "./io.ts";
import { LOUDNESS_OPTIONS, loudnessOf, narrate } from "./narration.ts";
import { printError, printWarning } from "./problem.ts";
import { projectOptions } from "./project_options.ts";
import { SANDBOX_OPTIONS } from "./sandbox.ts";
import { shortDigest } from "./table.ts";

/** Options of the commands that read a configuration. */
export const PROJECT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  config: {
    type: "string",
    short: "c",
    value: "FILE",
    summary: "The configuration, instead of searching for it",
  },
  offline: {
    type: "boolean",
    summary: "Use the cache only, whatever offline_mode says",
  },
  frozen: {
    type: "boolean",
    summary: "Refuse what is not exactly as forge.lock says",
  },
  json: { type: "boolean", summary: "Print one JSON document" },
  ...LOUDNESS_OPTIONS,
  ...SANDBOX_OPTIONS,
};

/** Reads the configuration that the options name and prints its warnings. */
export async function openSession(args: Arguments, io: Io): Promise<Project> {
  const project = await openProject({
    platform: io.platform,
    ...projectOptions(args),
  });
  for (const { message, hint } of project.warnings) {
    printWarning(io, message, hint);
  }
  return project;
}

/** Installs a project and tells what happens on standard error. */
export async function installSession(
  project: Project,
  args: Arguments,
  io: CommandIo,
): Promise<readonly Outcome[]> {
  warnUnlocked(project, io);
  const outcomes = await narrated(
    args,
    io,
    (onEvent) =>
      installProject(project, {
        platform: io.platform,
        signal: io.signal,
        onEvent,
      }),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "failed") printError(io, outcome.error);
  }
  return outcomes;
}

/** Does work and tells, while it lasts, what happens and how far it is. */
export async function narrated<T>(
  args: Arguments,
  io: CommandIo,
  work: (onEvent: (event: InstallEvent | RegistryEvent) => void) => Promise<T>,
): Promise<T> {
  const { progress } = io;
  try {
    return await work((event) => {
      if (event.type === "progress") progress?.update(event.name, event);
      if (event.type === "outcome") progress?.done(event.outcome.name);
      // A bar has the name in it already.
      if (progress?.style === "bars" && event.type === "pulling") return;
      narrate(event, io, loudnessOf(args));
    });
  } finally {
    progress?.clear();
  }
}

/** Does work that sends, and tells while it lasts how far it is. */
export async function narratedPush<T>(
  { progress }: CommandIo,
  work: (onEvent: (event: TransferEvent) => void) => Promise<T>,
): Promise<T> {
  try {
    return await work((event) => {
      if (event.type === "manifest") return;
      if (event.type === "blob") {
        return progress?.done(shortDigest(event.descriptor.digest));
      }
      const { digest, sentBytes: receivedBytes, totalBytes } = event;
      progress?.update(shortDigest(digest), { receivedBytes, totalBytes });
    });
  } finally {
    progress?.clear();
  }
}

/** What the lock file does not have may be another thing tomorrow. */
function warnUnlocked({ plan }: Project, io: Io): void {
  if (plan.frozen) return;
  const names = plan.extensions.filter((planned) =>
    planned.source === "oci" && planned.lock !== undefined &&
    planned.lock.kind !== "locked"
  ).map(({ name }) => name);
  if (names.length === 0) return;
  const list = names.join(", ");
  printWarning(
    io,
    `The lock file does not have ${list} as forge.ron asks for it`,
    "Run forge lock, or forge pull, and commit the lock file",
  );
}
