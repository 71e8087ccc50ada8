/**
 * Moving extensions to what their tags name now, or to newer versions.
 *
 * It is done in two steps, so that somebody can look at what is new before it
 * counts: the first brings the new modules to the disk, under their digests,
 * where nothing uses them; the second changes the files that say what is used.
 *
 * @module
 */

import { cacheKey } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  findCached,
  type Outcome,
  type PlannedOci,
  type ReadyOutcome,
  recache,
} from "../install/mod.ts";
import { type LockedExtension, updateLock } from "../lock/mod.ts";
import { type Digest, tryParseDigest } from "../oci/mod.ts";
import type { Platform } from "../platform/types.ts";
import { lockedFrom, lockPathIn } from "./lock.ts";
import {
  installProject,
  type InstallProjectOptions,
  openProjectCache,
  type Project,
} from "./project.ts";
import { type ReferenceChange, writeReferences } from "./references.ts";
import {
  type ExtensionVersions,
  lookUpVersions,
  openClient,
} from "./versions.ts";

/** Options of {@linkcode fetchUpdates}. */
export interface FetchUpdatesOptions
  extends Pick<InstallProjectOptions, "platform" | "signal" | "onEvent"> {
  /** The extensions to move; all from registries unless told otherwise. */
  readonly names?: readonly string[] | undefined;
  /** Move to the newest version, not only to where the tag is now. */
  readonly latest?: boolean | undefined;
}

/** An extension that can be moved. */
export interface Update {
  /** Its name. */
  readonly name: string;
  /** As it is used. */
  readonly from: ExtensionVersions;
  /** The tag that it is moved to. */
  readonly tag: string;
  /** The manifest digest that it is moved to. */
  readonly digest: Digest;
  /** The new module, on the disk. */
  readonly after: ReadyOutcome;
  /** Path of the module that is used now, where the cache has it. */
  readonly before:
    | { readonly path: string; readonly sha256: string }
    | undefined;
}

/** What {@linkcode fetchUpdates} found. */
export interface FetchedUpdates {
  /** What can be moved. */
  readonly updates: readonly Update[];
  /** What is as new as it can be, or follows no tag. */
  readonly current: readonly ExtensionVersions[];
  /** What could not be found out or fetched, with the reason. */
  readonly failed: readonly {
    /** Name of the extension. */
    readonly name: string;
    /** Why. */
    readonly error: ForgeError;
  }[];
}

/**
 * Finds out what there is to move, and pulls it. Nothing of it is used before
 * {@linkcode applyUpdates}.
 *
 * @throws {ForgeError} `EXTENSION_NOT_FOUND`, `CONFIG_NOT_FOUND`.
 * @throws `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import {
 *   applyUpdates,
 *   fetchUpdates,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const { updates } = await fetchUpdates(project, { platform });
 * await applyUpdates(project, updates, { platform });
 * ```
 */
export async function fetchUpdates(
  project: Project,
  options: FetchUpdatesOptions,
): Promise<FetchedUpdates> {
  lockPathIn(project.location);
  const versions = await lookUpVersions(project, options);
  const failed: { name: string; error: ForgeError }[] = [];
  const current: ExtensionVersions[] = [];
  const targets: Target[] = [];
  for (const from of versions) {
    if (from.error !== undefined) {
      failed.push({ name: from.name, error: from.error });
      continue;
    }
    const target = await targetOf(project, from, options);
    if (target instanceof ForgeError) {
      failed.push({ name: from.name, error: target });
    } else if (target === undefined) current.push(from);
    else targets.push(target);
  }
  const outcomes = await pullAll(project, targets, options);
  const updates: Update[] = [];
  for (const [i, target] of targets.entries()) {
    const after = outcomes[i]!;
    const { name } = target.from;
    if (!("path" in after)) failed.push({ name, error: after.error });
    else {
      const before = await usedModule(project, target.from, options);
      updates.push({ name, ...target, after, before });
    }
  }
  return { updates, current, failed };
}

type Target = Pick<Update, "from" | "tag" | "digest">;

async function targetOf(
  project: Project,
  from: ExtensionVersions,
  options: FetchUpdatesOptions,
): Promise<Target | ForgeError | undefined> {
  const { tag, latest, newer, used, planned } = from;
  if (tag === undefined || latest === undefined) return undefined;
  if (options.latest !== true || newer === undefined) {
    return latest === used ? undefined : { from, tag, digest: latest };
  }
  const { signal } = options;
  const client = await openClient(project, options);
  try {
    const { digest } = await client.repository(planned.registry, planned.image)
      .resolve(newer, { signal });
    return { from, tag: newer, digest };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ForgeError) return error;
    throw error;
  }
}

/** Pulls each by its digest, beside what is used. */
async function pullAll(
  project: Project,
  targets: readonly Target[],
  { platform, signal, onEvent }: FetchUpdatesOptions,
): Promise<readonly Outcome[]> {
  const extensions = targets.map(({ from: { planned }, digest }) => {
    const { lock: _, ...free } = planned;
    return byDigest(free, digest);
  });
  const plan = { ...project.plan, offline: false, frozen: false, extensions };
  return await installProject({ ...project, plan }, {
    platform,
    signal,
    onEvent,
  });
}

function byDigest(planned: PlannedOci, digest: Digest): PlannedOci {
  const { registry, image } = planned;
  const reference = digest;
  const key = cacheKey({ registry, image, reference });
  return { ...planned, reference, cacheKey: key };
}

async function usedModule(
  project: Project,
  { planned }: ExtensionVersions,
  { platform }: FetchUpdatesOptions,
): Promise<Update["before"]> {
  const cache = openProjectCache(project, { platform });
  const found = await findCached(planned, cache, { verify: true });
  if (found.kind !== "hit") return undefined;
  const { path, metadata: { sha256 } } = found.entry;
  return { path, sha256 };
}

/** Options of {@linkcode applyUpdates}. */
export interface ApplyUpdatesOptions {
  /** Disk and clock; no network is used. */
  readonly platform: Platform;
  /** Stops before the next file. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes updates count: in `forge.ron`, where it names a digest or another
 * tag; in the lock file, where there is one; in the cache.
 *
 * @throws {ForgeError} `FILE_BUSY` when a file was changed meanwhile,
 * `LOCK_UNWRITABLE`, `CACHE_UNWRITABLE`.
 *
 * @example
 * ```ts
 * import {
 *   applyUpdates,
 *   fetchUpdates,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const { updates } = await fetchUpdates(project, { platform });
 * const trusted = updates.filter(({ name }) => name === "notes");
 * await applyUpdates(project, trusted, { platform });
 * ```
 */
export async function applyUpdates(
  project: Project,
  updates: readonly Update[],
  { platform, signal }: ApplyUpdatesOptions,
): Promise<void> {
  const { location, lock } = project;
  if (location.kind !== "file") return;
  const changes = updates.flatMap(referenceChange);
  await writeReferences(location, changes, platform);
  signal?.throwIfAborted();
  if (lock !== undefined) {
    await updateLock(lockPathIn(location), (now = lock) => {
      const moved = updates.flatMap((update) => lockedAs(update) ?? []);
      const names = new Set(moved.map(({ name }) => name));
      const others = now.extensions.filter(({ name }) => !names.has(name));
      return { extensions: [...others, ...moved] };
    }, platform);
  }
  for (const update of updates) {
    signal?.throwIfAborted();
    await moveCached(project, update, { platform, signal });
  }
}

/** What `forge.ron` will ask for. */
function plannedAs({ from: { planned }, tag, digest }: Update): PlannedOci {
  if (tryParseDigest(planned.reference) !== undefined) {
    return byDigest(planned, digest);
  }
  const { registry, image } = planned;
  const key = cacheKey({ registry, image, reference: tag });
  return { ...planned, reference: tag, cacheKey: key };
}

function referenceChange(update: Update): readonly ReferenceChange[] {
  const { name, tag, from: { planned } } = update;
  const { reference } = plannedAs(update);
  if (reference === planned.reference && tag === update.from.tag) return [];
  const isPinned = tryParseDigest(reference) !== undefined;
  return [{
    name,
    from: planned.reference,
    to: { kind: isPinned ? "Digest" : "Tag", value: reference },
    tag: isPinned ? tag : undefined,
  }];
}

function lockedAs(update: Update): LockedExtension | undefined {
  return lockedFrom(plannedAs(update), update.after);
}

/** Lets the tag find the new module as well. */
async function moveCached(
  project: Project,
  update: Update,
  { platform, signal }: ApplyUpdatesOptions,
): Promise<void> {
  const target = plannedAs(update);
  const cache = openProjectCache(project, { platform });
  const { cacheKey: key } = byDigest(update.from.planned, update.digest);
  if (target.cacheKey === key) return;
  const found = await cache.get(key, { verify: false });
  if (found.kind !== "hit") return;
  await recache(found.entry, target, { cache, files: platform.files, signal });
}
