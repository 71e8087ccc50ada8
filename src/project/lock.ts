/**
 * From what an install came to, to the lock file.
 *
 * @module
 */

import type { ConfigLocation } from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import type { Outcome, PlannedOci, ReadyOutcome } from "../install/mod.ts";
import {
  differenceFrom,
  type Lock,
  type LockedExtension,
  lockPathOf,
  lockReference,
  replacedPaths,
  writeLock,
} from "../lock/mod.ts";
import { tryParseDigest } from "../oci/mod.ts";
import type { Requirement } from "../permissions/mod.ts";
import type { Platform } from "../platform/types.ts";
import {
  installProject,
  type InstallProjectOptions,
  type Project,
} from "./project.ts";

/** What became of one extension in the lock file. */
export interface LockChange {
  /** Name of the extension. */
  readonly name: string;
  /** What happened. */
  readonly kind: "added" | "changed" | "kept" | "removed";
  /** What the lock said. */
  readonly before?: LockedExtension | undefined;
  /** What it says now. */
  readonly after?: LockedExtension | undefined;
}

/** What {@linkcode lockProject} did. */
export interface LockedProject {
  /** What the install came to. */
  readonly outcomes: readonly Outcome[];
  /** What the lock file says now; what it said where something was missing. */
  readonly lock: Lock | undefined;
  /** By name; empty when something was missing. */
  readonly changes: readonly LockChange[];
  /** Extensions that could not be locked; with one of them the file stays as it is. */
  readonly missing: readonly string[];
  /** Path of the lock file. */
  readonly path: string;
}

/**
 * Installs a project and writes its lock file: what is locked stays, what is
 * new or has another reference is added, what is gone is removed.
 *
 * All or nothing: when one extension cannot be had, the file is not touched.
 *
 * @throws {ForgeError} `CONFIG_NOT_FOUND` when there is no configuration file,
 * `LOCK_UNWRITABLE` or `FILE_BUSY` when the file cannot be written.
 *
 * @example
 * ```ts
 * import { lockProject, openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const { changes, missing } = await lockProject(project, { platform });
 * ```
 */
export async function lockProject(
  project: Project,
  options: InstallProjectOptions,
): Promise<LockedProject> {
  const path = lockPathIn(project.location);
  let outcomes = await installProject(project, options);
  const silent = outcomes.filter((outcome) =>
    isSilent(outcome) && !project.plan.offline
  ).map(({ name }) => name);
  if (silent.length > 0) {
    const again = await installProject(only(project, silent), {
      ...options,
      refresh: true,
    });
    const byName = new Map(again.map((outcome) => [outcome.name, outcome]));
    outcomes = outcomes.map((each) => byName.get(each.name) ?? each);
  }
  const { lock, changes, missing } = nextLock(project, outcomes);
  if (missing.length > 0) {
    return { outcomes, lock: project.lock, changes: [], missing, path };
  }
  await writeLock(path, lock, options.platform);
  return { outcomes, lock, changes, missing, path };
}

/**
 * The path of the lock file of a configuration that was found.
 *
 * @throws {ForgeError} `CONFIG_NOT_FOUND` when there is no file to lie beside.
 */
export function lockPathIn(location: ConfigLocation): string {
  if (location.kind === "file") return lockPathOf(location.path);
  throw new ForgeError(
    "CONFIG_NOT_FOUND",
    `Cannot lock anything: there is no forge.ron in "${location.root}"`,
    { hint: "Write one, or name it with --config" },
  );
}

/** What writing a file beside the configuration, or that itself, needs. */
export async function writeRequirements(
  path: string,
  reason: string,
  { files }: Platform,
): Promise<readonly Requirement[]> {
  const [target, temporary] = await replacedPaths(path, files);
  return [path, target, temporary].flatMap((value): Requirement[] => [
    { kind: "read", value, reason },
    { kind: "write", value, reason },
  ]);
}

/** What the original server fetched does not say which layer it was. */
function isSilent(outcome: Outcome): boolean {
  return outcome.status === "cached" && digestsOf(outcome) === undefined;
}

function only(project: Project, names: readonly string[]): Project {
  const extensions = project.plan.extensions.filter(({ name }) =>
    names.includes(name)
  );
  return { ...project, plan: { ...project.plan, extensions } };
}

function nextLock(project: Project, outcomes: readonly Outcome[]) {
  const extensions: LockedExtension[] = [];
  const missing: string[] = [];
  for (const planned of project.plan.extensions) {
    if (planned.source !== "oci") continue;
    const outcome = outcomes.find(({ name }) => name === planned.name);
    const locked = planned.lock?.kind === "locked"
      ? planned.lock.locked
      : outcome && "path" in outcome
      ? lockedFrom(planned, outcome)
      : undefined;
    if (locked === undefined || outcome?.status === "failed") {
      missing.push(planned.name);
    } else extensions.push(locked);
  }
  const lock: Lock = { extensions };
  return { lock, missing, changes: changesBetween(project.lock, lock) };
}

/** An entry for what was installed, if that is known well enough. */
export function lockedFrom(
  planned: PlannedOci,
  outcome: ReadyOutcome,
): LockedExtension | undefined {
  const digests = digestsOf(outcome);
  const { sha256, sizeBytes } = outcome;
  return digests && {
    name: planned.name,
    reference: lockReference(planned),
    ...digests,
    sha256,
    sizeBytes,
  };
}

function digestsOf(outcome: ReadyOutcome) {
  const manifestDigest = tryParseDigest(outcome.manifestDigest ?? "");
  const layerDigest = tryParseDigest(outcome.layerDigest ?? "");
  return manifestDigest && layerDigest && { manifestDigest, layerDigest };
}

/** What is different between two locks, by name. */
function changesBetween(before: Lock | undefined, after: Lock): LockChange[] {
  const old = new Map(before?.extensions.map((each) => [each.name, each]));
  const now = new Map(after.extensions.map((each) => [each.name, each]));
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.map((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    const kind = was === undefined
      ? "added"
      : is === undefined
      ? "removed"
      : was.reference === is.reference && !differenceFrom(was, is)
      ? "kept"
      : "changed";
    return { name, kind, before: was, after: is };
  });
}
