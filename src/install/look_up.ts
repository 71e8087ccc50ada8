/**
 * An extension in the cache, as far as it may be used.
 *
 * @module
 */

import type { Cache, CacheEntry } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import type { Files } from "../platform/types.ts";
import { type CachedLookup, findCached } from "./locked.ts";
import { type ReadyOutcome, readyOutcome } from "./outcome.ts";
import type { Plan, PlannedOci } from "./plan.ts";
import { readTrustPolicy } from "./trust_policy.ts";

/** What a look into the cache came to. */
export type Found =
  | { readonly kind: "ready"; readonly outcome: ReadyOutcome }
  | Exclude<CachedLookup, { readonly kind: "hit" }>
  | {
    /** It is there, and no stored signature of it holds. */
    readonly kind: "unsigned";
    readonly entry: CacheEntry;
    readonly error: ForgeError;
  };

/** Options of {@linkcode lookUp}. */
export interface LookUpOptions {
  /** The cache. */
  readonly cache: Cache;
  /** The disk. */
  readonly files: Files;
}

/**
 * Looks for an extension in the cache, with the signature that it must have.
 *
 * @throws {ForgeError} When the cache, or a file that says whom to trust,
 * cannot be read.
 */
export async function lookUp(
  plan: Pick<Plan, "verifyChecksums" | "frozen">,
  planned: PlannedOci,
  options: LookUpOptions,
): Promise<Found> {
  const { trust } = planned;
  const { cache, files } = options;
  // A signature and a lock are of bytes: whatever the settings say, they are hashed.
  const verify = plan.verifyChecksums || plan.frozen || trust !== undefined;
  const found = await findCached(planned, cache, { verify });
  if (found.kind !== "hit") return found;
  const { entry } = found;
  if (trust === undefined) {
    return {
      kind: "ready",
      outcome: readyOutcome(planned, "cached", { entry, verified: verify }),
    };
  }
  const policy = await readTrustPolicy(trust, files);
  const { verifyStored } = await import("./stored_signature.ts");
  try {
    const signature = await verifyStored(planned, entry, {
      cache,
      files,
      policy,
    });
    const outcome = readyOutcome(planned, "cached", {
      entry,
      verified: verify,
    });
    return { kind: "ready", outcome: { ...outcome, signature } };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { kind: "unsigned", entry, error };
  }
}

/** Whether an extension can be had from the cache, without a registry. */
export async function isCached(
  plan: Pick<Plan, "verifyChecksums" | "frozen">,
  planned: PlannedOci,
  options: LookUpOptions,
): Promise<boolean> {
  try {
    return (await lookUp(plan, planned, options)).kind === "ready";
  } catch (error) {
    // Whoever uses it will be told.
    if (error instanceof ForgeError) return false;
    throw error;
  }
}
