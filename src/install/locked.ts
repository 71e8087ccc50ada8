/**
 * Holding an install to the lock file.
 *
 * A locked extension is pulled by the digest of its manifest, whatever its tag
 * says by now, and nothing becomes a cache entry that is not what the lock
 * says. Frozen, nothing is put right either: what differs is refused.
 *
 * @module
 */

import { type Cache, cacheKey, type CacheLookup } from "../cache/mod.ts";
import { ForgeError, type ForgeErrorCode } from "../errors.ts";
import {
  differenceFrom,
  type FoundContent,
  type LockDifference,
  type LockedExtension,
  lockReference,
} from "../lock/mod.ts";
import type { InstallOptions } from "./install.ts";
import type { Found } from "./look_up.ts";
import type { Plan, PlannedOci } from "./plan.ts";

/** What the cache has of an extension. */
export type CachedLookup =
  | CacheLookup
  /** It has something else than the lock says. */
  | { readonly kind: "other"; readonly difference: LockDifference };

/** An extension that is not as the lock says, or not in it. */
export class LockRefusal extends ForgeError {
  /** Refuses an extension. */
  constructor(
    { name, ...parts }: PlannedOci,
    refusal: {
      readonly code: ForgeErrorCode;
      readonly reason: string;
      readonly hint: string;
    },
  ) {
    const { code, reason, hint } = refusal;
    super(code, `Refused ${name} (${lockReference(parts)}): ${reason}`, {
      hint,
    });
  }
}

/** What the lock says of an extension; `undefined` when nothing that counts. */
export function lockedOf(planned: PlannedOci): LockedExtension | undefined {
  return planned.lock?.kind === "locked" ? planned.lock.locked : undefined;
}

/**
 * Looks for an extension in the cache: under its reference and, where it is
 * locked, under the digest of its manifest, where an update leaves it.
 */
export async function findCached(
  planned: PlannedOci,
  cache: Cache,
  options: { readonly verify: boolean },
): Promise<CachedLookup> {
  const found = await cache.get(planned.cacheKey, options);
  const locked = lockedOf(planned);
  if (locked === undefined) return found;
  const difference = differenceOf(found, locked);
  if (found.kind === "hit" && difference === undefined) return found;
  const { registry, image } = planned;
  const reference = locked.manifestDigest;
  const key = cacheKey({ registry, image, reference });
  const other = await cache.get(key, options);
  if (other.kind === "hit" && differenceOf(other, locked) === undefined) {
    return other;
  }
  return difference === undefined ? found : { kind: "other", difference };
}

function differenceOf(
  found: CacheLookup,
  locked: LockedExtension,
): LockDifference | undefined {
  if (found.kind !== "hit") return undefined;
  const { metadata } = found.entry;
  const manifestDigest = metadata.contentDigest;
  return differenceFrom(locked, { ...metadata, manifestDigest });
}

/**
 * Says that what the cache has is not what the lock says; frozen, refuses it,
 * and whatever else would be put right.
 */
export function holdToLock(
  plan: Plan,
  planned: PlannedOci,
  found: Exclude<Found, { readonly kind: "ready" }>,
  { onEvent }: Pick<InstallOptions, "onEvent">,
): void {
  if (plan.frozen) refuseCached(plan, planned, found);
  if (found.kind !== "other") return;
  const { what, expected, found: actual } = found.difference;
  onEvent?.({
    type: "warning",
    name: planned.name,
    message: `The cache has another ${planned.name} than the lock file says`,
    hint:
      `Its ${what} is ${actual}, the lock file says ${expected}, and that one counts`,
  });
}

/** Refuses what the lock does not have. */
export function requireLocked(planned: PlannedOci): void {
  const { lock } = planned;
  if (lock?.kind === "locked") return;
  const hint = "If that is meant, run forge lock, and commit the lock file";
  throw lock?.kind === "other-reference"
    ? new LockRefusal(planned, {
      code: "LOCK_REFERENCE_MISMATCH",
      reason: `the lock file has it as ${lock.locked.reference}`,
      hint,
    })
    : new LockRefusal(planned, {
      code: "LOCK_ENTRY_MISSING",
      reason: "the lock file does not have it",
      hint,
    });
}

/** Refuses what the cache has, or lacks while offline: nothing is left out or put right. */
function refuseCached(
  plan: Plan,
  planned: PlannedOci,
  found: Exclude<Found, { readonly kind: "ready" }>,
): void {
  if (found.kind === "other") {
    throw mismatch(planned, found.difference, "the cache");
  }
  if (found.kind === "damaged") {
    throw new LockRefusal(planned, {
      code: "CACHE_CORRUPT",
      reason: `its file in the cache is damaged: ${found.reason}`,
      hint: "Run forge pull to fetch it again",
    });
  }
  if (plan.offline && found.kind === "miss") {
    throw new LockRefusal(planned, {
      code: "NOT_CACHED",
      reason: "offline mode is on, and it is not in the cache",
      hint: "Run forge pull --frozen once while online",
    });
  }
}

/**
 * Refuses content that is not what the lock says; anything is fine where the
 * lock says nothing.
 */
export function requireContent(
  planned: PlannedOci,
  content: FoundContent,
): void {
  const locked = lockedOf(planned);
  const difference = locked && differenceFrom(locked, content);
  if (difference) throw mismatch(planned, difference, "the registry");
}

/** Refuses an image none of whose layers is the locked one, before it is downloaded. */
export function requireLayer(
  planned: PlannedOci,
  layers: readonly { readonly descriptor: { readonly digest: string } }[],
): void {
  const locked = lockedOf(planned);
  if (locked === undefined) return;
  const digests = layers.map(({ descriptor }) => descriptor.digest);
  if (digests.includes(locked.layerDigest)) return;
  throw mismatch(planned, {
    code: "LOCK_LAYER_MISMATCH",
    what: "layer digest",
    expected: locked.layerDigest,
    found: digests.join(", "),
  }, "the registry");
}

function mismatch(
  planned: PlannedOci,
  { code, what, expected, found }: LockDifference,
  where: string,
): LockRefusal {
  return new LockRefusal(planned, {
    code,
    reason:
      `its ${what} in ${where} is ${found}, the lock file says ${expected}`,
    hint:
      `Find out who changed the lock file or ${where}; forge update ${planned.name} takes what the registry has now`,
  });
}
