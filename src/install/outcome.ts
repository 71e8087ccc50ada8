/**
 * What an install came to.
 *
 * @module
 */

import type { CacheEntry } from "../cache/mod.ts";
import type { ForgeError } from "../errors.ts";
import type { VerifiedSignature } from "../trust/mod.ts";
import type { PlannedExtension, PlannedOci } from "./plan.ts";

/** What became of one extension. */
export type Outcome = ReadyOutcome | SkippedOutcome | FailedOutcome;

/** What every outcome says. */
export interface OutcomeBase {
  /** Name of the extension. */
  readonly name: string;
  /** Where it comes from. */
  readonly source: "oci" | "local" | "scan";
  /** Registry host; `undefined` unless from a registry. */
  readonly registry?: string;
  /** Image path; `undefined` unless from a registry. */
  readonly image?: string;
  /** Tag or whole digest; `undefined` unless from a registry. */
  readonly reference?: string;
}

/** The module is on the disk and is what it should be. */
export interface ReadyOutcome extends OutcomeBase {
  /** How it came there. */
  readonly status: "pulled" | "cached" | "local";
  /** Path of the module, absolute. */
  readonly path: string;
  /** SHA-256 of the module, 64 lowercase hex digits. */
  readonly sha256: string;
  /** Size of the module in bytes. */
  readonly sizeBytes: number;
  /** Whether the bytes on disk were hashed (`verify_checksums`), so that loading must find the same. */
  readonly verified: boolean;
  /** Digest of the manifest that the reference named, where known. */
  readonly manifestDigest?: string | undefined;
  /** Digest of the layer that held the module, where known. */
  readonly layerDigest?: string | undefined;
  /** The signature that was accepted, where one is demanded. */
  readonly signature?: VerifiedSignature | undefined;
}

/** Offline, and not in the cache. */
export interface SkippedOutcome extends OutcomeBase {
  /** It was skipped. */
  readonly status: "skipped";
  /** Why: `NOT_CACHED` or `CACHE_CORRUPT`. */
  readonly error: ForgeError;
}

/** It could not be had. */
export interface FailedOutcome extends OutcomeBase {
  /** It failed. */
  readonly status: "failed";
  /** Why. */
  readonly error: ForgeError;
}

/** What happens during an install, as it happens. */
export type InstallEvent =
  | {
    /** Something is not as it should be, and the work goes on. */
    readonly type: "warning";
    /** The extension. */
    readonly name: string;
    /** What. */
    readonly message: string;
    /** What to do about it. */
    readonly hint?: string | undefined;
  }
  | {
    /** Bytes have arrived. */
    readonly type: "progress";
    /** The extension. */
    readonly name: string;
    /** How many so far. */
    readonly receivedBytes: number;
    /** How many there will be. */
    readonly totalBytes: number;
  }
  | {
    /** Bytes are being asked of a registry. */
    readonly type: "pulling";
    /** The extension. */
    readonly name: string;
    /** The reference, `host/image:tag` or `host/image@digest`. */
    readonly reference: string;
  }
  | {
    /** One extension is done, whatever came of it. */
    readonly type: "outcome";
    /** What came of it. */
    readonly outcome: Outcome;
  };

/** The outcome for a cache entry. */
export function readyOutcome(
  planned: PlannedOci,
  status: "pulled" | "cached",
  { entry, verified }: {
    readonly entry: CacheEntry;
    readonly verified: boolean;
  },
): ReadyOutcome {
  const { metadata, path } = entry;
  return {
    ...baseOf(planned),
    status,
    path,
    sha256: metadata.sha256,
    sizeBytes: metadata.sizeBytes,
    verified,
    manifestDigest: metadata.contentDigest,
    layerDigest: metadata.layerDigest,
  };
}

/** What every outcome of an extension says. */
export function baseOf(planned: PlannedExtension): OutcomeBase {
  const { name, source } = planned;
  if (planned.source !== "oci") return { name, source };
  const { registry, image, reference } = planned;
  return { name, source, registry, image, reference };
}
