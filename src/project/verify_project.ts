/**
 * The signatures of what the cache has, verified without a network.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { lookUp, type PlannedOci } from "../install/mod.ts";
import type { Platform } from "../platform/types.ts";
import type { VerifiedSignature } from "../trust/mod.ts";
import { openProjectCache, type Project } from "./project.ts";
import { selectOci } from "./select.ts";

/** Options of {@linkcode verifyProject}. */
export interface VerifyProjectOptions {
  /** Disk and clock. */
  readonly platform: Platform;
  /** The extensions to verify; all from registries unless told otherwise. */
  readonly names?: readonly string[] | undefined;
}

/** What became of one extension. */
export interface StoredVerification {
  /** Its name. */
  readonly name: string;
  /** `unsigned` where the configuration demands no signature. */
  readonly status: "verified" | "unsigned" | "failed";
  /** The signature that holds. */
  readonly signature?: VerifiedSignature | undefined;
  /** Why none does, or there is nothing to verify. */
  readonly error?: ForgeError | undefined;
}

/**
 * Verifies what the cache has by the signatures that are stored with it, as
 * every run does.
 *
 * @returns One for each extension from a registry, in the order of the
 * configuration.
 * @throws {ForgeError} `EXTENSION_NOT_FOUND` for a name that is not there.
 *
 * @example
 * ```ts
 * import { openProject, platform, verifyProject } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const results = await verifyProject(project, { platform });
 * results.every(({ status }) => status === "verified");
 * ```
 */
export async function verifyProject(
  project: Project,
  { platform, names }: VerifyProjectOptions,
): Promise<readonly StoredVerification[]> {
  const results: StoredVerification[] = [];
  for (const planned of selectOci(project, names)) {
    const { name } = planned;
    try {
      results.push({ name, ...await verifyOne(project, planned, platform) });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      results.push({ name, status: "failed", error });
    }
  }
  return results;
}

async function verifyOne(
  project: Project,
  planned: PlannedOci,
  platform: Platform,
): Promise<Omit<StoredVerification, "name">> {
  if (planned.trust === undefined) return { status: "unsigned" };
  const cache = openProjectCache(project, { platform });
  const { files } = platform;
  const found = await lookUp(project.plan, planned, { cache, files });
  if (found.kind === "ready") {
    return { status: "verified", signature: found.outcome.signature };
  }
  if (found.kind === "unsigned") throw found.error;
  throw new ForgeError(
    found.kind === "damaged" ? "CACHE_CORRUPT" : "NOT_CACHED",
    found.kind === "damaged"
      ? `Cannot verify ${planned.name}: its cache entry is damaged, ${found.reason}`
      : `Cannot verify ${planned.name}: the cache does not have it`,
    { hint: "Run forge pull" },
  );
}
