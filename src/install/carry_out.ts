/**
 * Carrying out a plan.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { type Digest, formatReference, tryParseDigest } from "../oci/mod.ts";
import { referrersTagSubject } from "../registry/mod.ts";
import { inspectLocal } from "./local.ts";
import { holdToLock, lockedOf, LockRefusal, requireLocked } from "./locked.ts";
import { type Found, lookUp } from "./look_up.ts";
import {
  baseOf,
  type Outcome,
  type ReadyOutcome,
  readyOutcome,
} from "./outcome.ts";
import type { Plan, PlannedExtension, PlannedOci } from "./plan.ts";
import { type PulledModule, pullModule } from "./pull.ts";
import { readTrustPolicy } from "./trust_policy.ts";
import { DEFAULT_CONCURRENCY, type InstallOptions } from "./install.ts";

/** Settles each extension of the plan, several at a time. */
export async function carryOut(
  plan: Plan,
  options: InstallOptions,
): Promise<readonly Outcome[]> {
  const { concurrency = DEFAULT_CONCURRENCY } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new RangeError(
      `Cannot pull ${concurrency} extensions at a time: give a whole number above 0`,
    );
  }
  const outcomes = new Array<Outcome>(plan.extensions.length);
  const queue = plan.extensions.entries();
  const shared: SharedPulls = {
    byKey: new Map(),
    byLayers: new Map(),
    lastOf: new Map(),
  };
  const work = async () => {
    for (const [i, planned] of queue) {
      const outcome = await settle(plan, planned, options, shared);
      outcomes[i] = outcome;
      options.onEvent?.({ type: "outcome", outcome });
    }
  };
  const workers = Math.min(concurrency, plan.extensions.length);
  // After an abort each still has to leave what it has in order.
  const ends = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const end of ends) {
    if (end.status === "rejected") throw end.reason;
  }
  // Where all is cached nobody else looks at what killed processes left.
  await options.cache.tidy();
  return outcomes;
}

/** What the extensions of one install fetch once for all of them. */
interface SharedPulls {
  /** By cache entry: two names for one reference. */
  readonly byKey: Map<string, Promise<ReadyOutcome>>;
  /** By layers: two references to the same content. */
  readonly byLayers: Map<string, Promise<PulledModule>>;
  /** The last pull of each cache entry, whoever has to have signed it. */
  readonly lastOf: Map<string, Promise<unknown>>;
}

async function settle(
  plan: Plan,
  planned: PlannedExtension,
  options: InstallOptions,
  shared: SharedPulls,
): Promise<Outcome> {
  options.signal?.throwIfAborted();
  const base = baseOf(planned);
  try {
    if (planned.source !== "oci") return await inspectLocal(planned, options);
    return await settleOci(plan, planned, options, shared);
  } catch (error) {
    options.signal?.throwIfAborted();
    return {
      ...base,
      status: "failed",
      error: planned.source === "oci" && !(error instanceof LockRefusal)
        ? pullFailure(planned, error)
        : asForgeError(error),
    };
  }
}

async function settleOci(
  plan: Plan,
  planned: PlannedOci,
  options: InstallOptions,
  shared: SharedPulls,
): Promise<Outcome> {
  if (plan.frozen) requireLocked(planned);
  const found: Found = options.refresh && !plan.offline
    ? { kind: "miss" }
    : await lookUp(plan, planned, options);
  if (found.kind === "ready") return found.outcome;
  holdToLock(plan, planned, found, options);
  if (plan.offline) {
    if (found.kind === "unsigned") throw found.error;
    return skip(planned, found, options);
  }
  warnOf(found, planned, options);
  const pinned = found.kind === "unsigned"
    ? found.entry.metadata.contentDigest
    : undefined;
  // Two entries that name, lock and trust the same share one pull.
  const { cacheKey, trust } = planned;
  const key = JSON.stringify([cacheKey, trust, lockedOf(planned)]);
  const last = shared.lastOf.get(cacheKey);
  const running = shared.byKey.get(key) ??
    pullAfter(last, planned, { plan, options, shared, pinned });
  shared.byKey.set(key, running);
  shared.lastOf.set(cacheKey, running);
  return { ...await running, name: planned.name };
}

/** Tells why something that is in the cache is fetched again. */
function warnOf(
  found: Exclude<Found, { kind: "ready" }>,
  { name, cacheKey }: PlannedOci,
  { onEvent }: InstallOptions,
): void {
  if (found.kind === "damaged") {
    onEvent?.({
      type: "warning",
      name,
      message: `Checksum verification failed for ${cacheKey}, re-fetching`,
      hint: `${name}: ${found.reason}`,
    });
  }
  // That none is stored yet is no news: the policy is newer than the entry.
  if (
    found.kind === "unsigned" && found.error.code !== "SIGNATURE_NOT_CACHED"
  ) {
    onEvent?.({
      type: "warning",
      name,
      message: `Signature verification failed for ${cacheKey}, re-fetching`,
      hint: `${name}: ${found.error.message}`,
    });
  }
}

interface PullOptions {
  readonly plan: Plan;
  readonly options: InstallOptions;
  readonly shared: SharedPulls;
  readonly pinned: string | undefined;
}

/** Those that trust others wait, so that neither takes the signature of an entry away. */
async function pullAfter(
  last: Promise<unknown> | undefined,
  planned: PlannedOci,
  context: PullOptions,
): Promise<ReadyOutcome> {
  if (last !== undefined) {
    await last.catch(() => {
      // Its own outcome tells.
    });
    const found = await lookUp(context.plan, planned, context.options);
    if (found.kind === "ready") return { ...found.outcome, status: "pulled" };
  }
  return await pull(planned, context);
}

async function pull(
  planned: PlannedOci,
  { options, shared, pinned }: PullOptions,
): Promise<ReadyOutcome> {
  const { name, trust } = planned;
  const { onEvent, client, cache, files, clock, signal } = options;
  onEvent?.({ type: "pulling", name, reference: referenceText(planned) });
  const { entry, signature } = await pullModule(planned, {
    repository: client.repository(planned.registry, planned.image),
    cache,
    files,
    clock,
    signal,
    pulls: shared.byLayers,
    policy: trust && await readTrustPolicy(trust, files),
    pinned: lockedOf(planned)?.manifestDigest ??
      tryParseDigest(planned.reference) ?? pinned,
    onProgress: (receivedBytes, totalBytes) =>
      onEvent?.({ type: "progress", name, receivedBytes, totalBytes }),
  });
  const outcome = readyOutcome(planned, "pulled", { entry, verified: true });
  return signature === undefined ? outcome : { ...outcome, signature };
}

function skip(
  planned: PlannedOci,
  lookup: Exclude<Found, { kind: "ready" | "unsigned" }>,
  options: InstallOptions,
): Outcome {
  const { name } = planned;
  const message = `Skipping ${name} (offline mode, not cached)`;
  const damaged = lookup.kind === "damaged";
  const error = new ForgeError(
    damaged ? "CACHE_CORRUPT" : "NOT_CACHED",
    damaged
      ? `${message}: checksum verification failed for ${planned.cacheKey}, ${lookup.reason}`
      : message,
    {
      hint:
        "Run once without offline mode to fill the cache, or copy a cache that has it",
    },
  );
  options.onEvent?.({
    type: "warning",
    name,
    message: error.message,
    hint: error.hint,
  });
  return { ...baseOf(planned), status: "skipped", error };
}

/** The texts that people search for, with the cause behind them. */
function pullFailure(planned: PlannedOci, error: unknown): ForgeError {
  const cause = asForgeError(error);
  const refused = cause.code === "REGISTRY_AUTH"
    ? "authentication failed: "
    : "";
  return new ForgeError(
    cause.code,
    `Failed to fetch OCI extension "${planned.name}" (${
      referenceText(planned)
    }): Failed to pull OCI image: ${refused}${cause.message}`,
    { hint: hintFor(planned, cause), cause },
  );
}

function hintFor(
  planned: PlannedOci,
  { code, hint }: ForgeError,
): string | undefined {
  const subject = referrersTagSubject(planned.reference);
  if (subject !== undefined && /^(?:ARTIFACT|WASM)_/.test(code)) {
    return referrersTagHint(subject);
  }
  const locked = lockedOf(planned)?.manifestDigest;
  if (code === "REGISTRY_NOT_FOUND" && locked !== undefined) {
    return `The lock file asks for ${locked}: if the registry no longer has that, run forge update ${planned.name}`;
  }
  const image =
    "Check that the image was pushed correctly and its module built with --target wasm32-wasip1";
  if (code !== "WASM_INVALID") return hint;
  return hint === undefined ? image : `${image}. ${hint}`;
}

/** For a tag that somebody copied from a list of tags (wasm-pkg-tools#248). */
function referrersTagHint(subject: Digest): string {
  return `The tag is one under which signatures and other referrers of an image are kept: reference the image itself, as Digest("${subject}") or by its own tag`;
}

function asForgeError(error: unknown): ForgeError {
  if (error instanceof ForgeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ForgeError("INTERNAL", message, {
    hint: "This should not happen: please report it, with this text",
    cause: error,
  });
}

function referenceText(planned: PlannedOci): string {
  const { registry, image: repository, reference } = planned;
  const digest = tryParseDigest(reference);
  return formatReference(
    digest === undefined
      ? { registry, repository, tag: reference }
      : { registry, repository, digest },
  );
}
