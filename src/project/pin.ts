/**
 * From tags that can move to digests that cannot.
 *
 * @module
 */

import { cacheKey } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import { findCached, type PlannedOci, recache } from "../install/mod.ts";
import { lockReference, updateLock } from "../lock/mod.ts";
import { type Digest, tryParseDigest } from "../oci/mod.ts";
import type { Platform } from "../platform/types.ts";
import { lockPathIn } from "./lock.ts";
import { openProjectCache, type Project } from "./project.ts";
import { writeReferences } from "./references.ts";
import { selectOci } from "./select.ts";
import { type LookUpVersionsOptions, openClient } from "./versions.ts";

/** Options of {@linkcode pinProject}. */
export interface PinProjectOptions extends LookUpVersionsOptions {
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean | undefined;
}

/** What became of one extension. */
export interface PinOutcome {
  /** Its name. */
  readonly name: string;
  /** `pinned` was before; `failed` stops all others from being written. */
  readonly status: "pinned" | "changed" | "failed";
  /** The tag that stood there. */
  readonly tag: string | undefined;
  /** What stands there now. */
  readonly digest: Digest | undefined;
  /** Who said which digest it is. */
  readonly source: "file" | "lock" | "registry";
  /** Why it could not be found out. */
  readonly error?: ForgeError | undefined;
}

/**
 * Replaces tags by digests in `forge.ron`, in place; each tag stays beside its
 * digest as a comment. What is locked is pinned to what is locked, everything
 * else to what its registry says now. The lock file follows.
 *
 * All or nothing: when one digest cannot be found out, no file is changed.
 *
 * @returns One outcome for each extension from a registry that is named.
 * @throws {ForgeError} `CONFIG_NOT_FOUND`, `EXTENSION_NOT_FOUND`, `FILE_BUSY`
 * or `LOCK_UNWRITABLE`.
 * @throws `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { openProject, pinProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * for (const { name, digest } of await pinProject(project, { platform })) {
 *   console.log(name, digest);
 * }
 * ```
 */
export async function pinProject(
  project: Project,
  options: PinProjectOptions,
): Promise<readonly PinOutcome[]> {
  const { location } = project;
  const path = lockPathIn(location);
  const selected = selectOci(project, options.names);
  const outcomes = await resolveAll(project, selected, options);
  const changed = outcomes.flatMap(({ status, digest }, i) =>
    status === "changed" && digest !== undefined
      ? [{ planned: selected[i]!, digest }]
      : []
  );
  const isWhole = outcomes.every(({ status }) => status !== "failed");
  if (!isWhole || options.dryRun === true || location.kind !== "file") {
    return outcomes;
  }
  const { platform } = options;
  for (const each of changed) await keepCached(project, each, options);
  const edits = changed.map(({ planned: { name, reference }, digest }) => ({
    name,
    from: reference,
    to: { kind: "Digest", value: digest } as const,
    tag: reference,
  }));
  await writeReferences(location, edits, platform);
  await writePinnedLock(project, path, changed, platform);
  return outcomes;
}

interface Pinned {
  readonly planned: PlannedOci;
  readonly digest: Digest;
}

async function resolveAll(
  project: Project,
  selected: readonly PlannedOci[],
  options: PinProjectOptions,
): Promise<readonly PinOutcome[]> {
  const client = await openClient(project, options);
  const { signal } = options;
  return await Promise.all(selected.map(async (planned) => {
    const { name, reference, registry, image, lock } = planned;
    const pinned = tryParseDigest(reference);
    if (pinned !== undefined) {
      const base = { name, tag: undefined, digest: pinned };
      return { ...base, status: "pinned", source: "file" } as const;
    }
    const base = { name, tag: reference, status: "changed" } as const;
    if (lock?.kind === "locked") {
      const digest = lock.locked.manifestDigest;
      return { ...base, digest, source: "lock" } as const;
    }
    const source = "registry" as const;
    try {
      const { digest } = await client.repository(registry, image)
        .resolve(reference, { signal });
      return { ...base, digest, source };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ForgeError)) throw error;
      return { ...base, status: "failed", digest: undefined, source, error };
    }
  }));
}

/** Lets the digest find what the tag found, so that nothing is fetched again. */
async function keepCached(
  project: Project,
  { planned, digest }: Pinned,
  { platform, signal }: PinProjectOptions,
): Promise<void> {
  const cache = openProjectCache(project, { platform });
  const found = await findCached(planned, cache, { verify: false });
  if (found.kind !== "hit") return;
  if (found.entry.metadata.contentDigest !== digest) return;
  const { registry, image } = planned;
  const target = { registry, image, reference: digest };
  const key = cacheKey(target);
  if (found.entry.key === key) return;
  const { files } = platform;
  try {
    await recache(found.entry, { ...target, cacheKey: key }, {
      cache,
      files,
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    // Damaged or without room: a run will fetch it, and say so.
    if (!(error instanceof ForgeError)) throw error;
  }
}

async function writePinnedLock(
  { lock }: Project,
  path: string,
  changed: readonly Pinned[],
  platform: Platform,
): Promise<void> {
  if (lock === undefined) return;
  await updateLock(path, (now = lock) => ({
    extensions: now.extensions.map((locked) => {
      const pinned = changed.find(({ planned, digest }) =>
        planned.name === locked.name && digest === locked.manifestDigest
      );
      if (pinned === undefined) return locked;
      const { registry, image } = pinned.planned;
      const target = { registry, image, reference: pinned.digest };
      return { ...locked, reference: lockReference(target) };
    }),
  }), platform);
}
