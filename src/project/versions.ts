/**
 * What the registries have of the extensions of a project, beside what is used.
 *
 * @module
 */

import { readConfigText } from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import { findCached, type PlannedOci } from "../install/mod.ts";
import { type Digest, tryParseDigest } from "../oci/mod.ts";
import type { Platform } from "../platform/types.ts";
import type { RegistryClient, RegistryEvent } from "../registry/mod.ts";
import { createProjectClient } from "./client.ts";
import { openProjectCache, type Project } from "./project.ts";
import { keptTags } from "./references.ts";
import { selectOci } from "./select.ts";

/** Options of {@linkcode lookUpVersions}. */
export interface LookUpVersionsOptions {
  /** Disk, environment, network and clock. */
  readonly platform: Platform;
  /** The extensions to look at; all from registries unless told otherwise. */
  readonly names?: readonly string[] | undefined;
  /** Stops everything. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what happens on the way to registries. */
  readonly onEvent?: ((event: RegistryEvent) => void) | undefined;
}

/** One extension, as it is used and as the registry has it. */
export interface ExtensionVersions {
  /** Its name. */
  readonly name: string;
  /** What `forge.ron` says of it. */
  readonly planned: PlannedOci;
  /** The tag that is followed; of a pinned one, that in the comment beside its digest. */
  readonly tag: string | undefined;
  /** The manifest digest that is used: pinned, locked, or what the cache has. */
  readonly used: Digest | undefined;
  /** The manifest digest of the tag in the registry. */
  readonly latest: Digest | undefined;
  /** The newest version among the tags, if it is newer than the tag. */
  readonly newer: string | undefined;
  /** Why the registry could not tell. */
  readonly error: ForgeError | undefined;
}

/**
 * Asks the registries which manifest each tag names now, and which versions
 * are newer. One that cannot be asked does not stop the others.
 *
 * @returns One for each extension, in the order of the configuration.
 * @throws {ForgeError} `EXTENSION_NOT_FOUND` for a name that is not there.
 * @throws `signal.reason` when aborted.
 *
 * @example
 * ```ts
 * import { lookUpVersions, openProject, platform } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * for (const each of await lookUpVersions(project, { platform })) {
 *   const moved = each.latest !== undefined && each.latest !== each.used;
 *   console.log(each.name, moved, each.newer);
 * }
 * ```
 */
export async function lookUpVersions(
  project: Project,
  options: LookUpVersionsOptions,
): Promise<readonly ExtensionVersions[]> {
  const selected = selectOci(project, options.names);
  const client = await openClient(project, options);
  const tags = await keptTagsOf(project, options.platform);
  return await Promise.all(selected.map(async (planned) => {
    const tag = tryParseDigest(planned.reference) === undefined
      ? planned.reference
      : tags.get(planned.name);
    const used = await usedDigest(project, planned, options.platform);
    const found = await ask(client, planned, tag, options);
    return { name: planned.name, planned, tag, used, ...found };
  }));
}

/** A client for what a project names, whatever its settings say of being offline. */
export async function openClient(
  project: Project,
  { platform, onEvent }: LookUpVersionsOptions,
): Promise<RegistryClient> {
  return await createProjectClient(project.config, {
    platform,
    root: project.location.root,
    offline: false,
    requestLimits: { overall: 16, perHost: 8 },
    onEvent,
  });
}

/** The tags beside the digests of a project's file. */
export async function keptTagsOf(
  { location }: Pick<Project, "location">,
  { files }: Platform,
): Promise<ReadonlyMap<string, string>> {
  if (location.kind !== "file") return new Map();
  return keptTags(await readConfigText(location, files));
}

async function usedDigest(
  project: Project,
  planned: PlannedOci,
  platform: Platform,
): Promise<Digest | undefined> {
  const pinned = tryParseDigest(planned.reference);
  if (pinned !== undefined) return pinned;
  if (planned.lock?.kind === "locked") {
    return planned.lock.locked.manifestDigest;
  }
  const cache = openProjectCache(project, { platform });
  const found = await findCached(planned, cache, { verify: false });
  return found.kind === "hit"
    ? tryParseDigest(found.entry.metadata.contentDigest ?? "")
    : undefined;
}

async function ask(
  client: RegistryClient,
  { registry, image }: PlannedOci,
  tag: string | undefined,
  { signal }: LookUpVersionsOptions,
): Promise<Pick<ExtensionVersions, "latest" | "newer" | "error">> {
  const nothing = { latest: undefined, newer: undefined, error: undefined };
  if (tag === undefined) return nothing;
  const repository = client.repository(registry, image);
  try {
    const { digest } = await repository.resolve(tag, { signal });
    const list = await repository.tags({ signal });
    // It loads a package, which others do not need.
    const { newerTag } = await import("./newer_tag.ts");
    const newer = newerTag(tag, list.tags);
    return { ...nothing, latest: digest, newer };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ForgeError) return { ...nothing, error };
    throw error;
  }
}
