/**
 * Least privilege for the process that runs foreign code.
 *
 * The first process reads the configuration without any network and starts a
 * second one with exactly the permissions that the configuration needs. When
 * everything is pulled, the second gives up all of them but reading and the
 * data of extensions, and only then compiles and runs them.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  denoFlags,
  denoFlagsText,
  type Requirement,
} from "../permissions/mod.ts";
import type { Sandbox } from "../platform/types.ts";
import {
  openProject,
  type Project,
  projectRequirements,
} from "../project/mod.ts";
import type { Arguments, Command, OptionSpec } from "./command.ts";
import { projectOptions } from "./project_options.ts";
import { type Io, SECOND_STAGE } from "./io.ts";
import { formatManner } from "./terminal.ts";

/** How much the process that runs extensions may do. */
export type SandboxMode =
  /** A process of its own, with just the permissions that it needs. */
  | "process"
  /** The permissions that whoever started this process gave it. */
  | "inherited"
  /** The allowlist in this process; the runtime has no permissions. */
  | "allowlist"
  /** Everything, as `--no-sandbox` asked. */
  | "none";

/** The option of the commands that run in a sandbox. */
export const SANDBOX_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  "no-sandbox": {
    type: "boolean",
    summary: "On Deno, stay in this process with its permissions",
  },
};

/** What foreign code must not have. Reading stays: modules are read one by one. */
const DROPPED = ["net", "env", "run", "ffi", "sys"];

/** Either the exit status of the second process, or how to go on in this one. */
export type Entered =
  | { readonly exitStatus: number }
  | { readonly mode: SandboxMode };

/** A command and what it was given. */
export interface Called {
  /** The command. */
  readonly command: Command;
  /** Its arguments. */
  readonly given: Arguments;
}

/**
 * Starts the second process, or finds out that this is it, or that there is
 * none to be had.
 *
 * @param commandLine The arguments as given, the command's name first.
 * @throws {ForgeError} `PERMISSION_DENIED` when this process lacks something
 * and cannot start another; whatever reading the configuration throws.
 */
export async function enterSandbox(
  commandLine: readonly string[],
  called: Called,
  io: Io,
): Promise<Entered> {
  const { sandbox } = io.platform;
  if (called.given.options["no-sandbox"] === true) return { mode: "none" };
  if (sandbox === undefined) return { mode: "allowlist" };
  if (io.isSecondStage) return { mode: "process" };
  if (io.entry === undefined || !await sandbox.canRestart()) {
    // Who tells of what is missing does not fail for it.
    if (called.command.requirementsAnyway === undefined) {
      await requireGranted(sandbox, called, io);
    }
    return { mode: "inherited" };
  }
  // From here on this process has no network, whatever the configuration says.
  await sandbox.drop(["net"]);
  const requirements = await requirementsOf(called, io);
  if (requirements === undefined) return { mode: "inherited" };
  const exitStatus = await sandbox.restart({
    entry: io.entry,
    flags: denoFlags(requirements),
    args: [`${SECOND_STAGE}=${mannerFrom(io)}`, ...commandLine],
  });
  return { exitStatus };
}

/**
 * Gives up what foreign code must not have, when everything is pulled. Of
 * writing only the data directory stays; where that cannot be kept alone,
 * nothing stays.
 */
export async function dropForForeignCode(
  mode: SandboxMode,
  io: Io,
  project: Project,
): Promise<void> {
  const { sandbox } = io.platform;
  if (sandbox === undefined || mode === "none" || mode === "allowlist") return;
  await sandbox.drop(DROPPED);
  const others = [project.plan.cacheDir, project.location.root];
  for (const path of others) await sandbox.dropOne("write", path);
  for (const path of others) {
    // Not limited to paths: what was granted without a limit cannot be narrowed.
    if (await sandbox.isGranted("write", path)) await sandbox.drop(["write"]);
  }
}

/**
 * Gives up the network and what else foreign code must not have, and keeps
 * the files that are changed after a look at what the code says of itself.
 */
export async function dropForComparison(
  mode: SandboxMode,
  { platform: { sandbox } }: Io,
): Promise<void> {
  if (sandbox === undefined || mode === "none" || mode === "allowlist") return;
  await sandbox.drop(DROPPED);
}

/** What is missing is found before anything starts, not in the middle of a pull. */
async function requireGranted(
  sandbox: Sandbox,
  called: Called,
  io: Io,
): Promise<void> {
  const requirements = await requirementsOf(called, io) ?? [];
  const missing = await notGranted(requirements, sandbox);
  if (missing.length === 0) return;
  const list = missing.map(({ kind, value, reason }) =>
    `${kind} ${value} (${reason})`
  ).join(", ");
  throw new ForgeError(
    "PERMISSION_DENIED",
    `Cannot start: this process lacks ${list}`,
    { hint: `Run Deno with ${denoFlagsText(requirements)}` },
  );
}

/** What of a list this process does not have. */
export async function notGranted(
  requirements: readonly Requirement[],
  sandbox: Sandbox,
): Promise<readonly Requirement[]> {
  const missing = [];
  for (const each of requirements) {
    if (!await sandbox.isGranted(each.kind, each.value)) missing.push(each);
  }
  return missing;
}

/** The second process may not read what this one has concluded from. */
function mannerFrom({ color, terminal }: Io): string {
  return formatManner({ color, redraws: terminal !== undefined });
}

async function requirementsOf({ command, given }: Called, io: Io) {
  const { platform } = io;
  if (command.requirementsAnyway !== undefined) {
    return await command.requirementsAnyway(given, io);
  }
  const project = await openProject({ platform, ...projectOptions(given) });
  return await command.requirements?.(project, io, given) ??
    await projectRequirements(project, { platform, useCache: true });
}
