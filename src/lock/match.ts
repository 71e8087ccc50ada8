/**
 * Holding what there is against what the lock says.
 *
 * @module
 */

import type { ForgeErrorCode } from "../errors.ts";
import type { Lock, LockedExtension } from "./model.ts";

/** What a lock says of an extension as `forge.ron` asks for it now. */
export type LockLookup =
  | { readonly kind: "locked"; readonly locked: LockedExtension }
  /** The lock has the name with another reference. */
  | { readonly kind: "other-reference"; readonly locked: LockedExtension }
  | { readonly kind: "absent" };

/**
 * Looks an extension up.
 *
 * @param lock The lock.
 * @param wanted Its name, and its reference as `lockReference` writes it.
 *
 * @example
 * ```ts
 * import { findLocked } from "@forgepoint/forge";
 *
 * const wanted = { name: "notes", reference: "ghcr.io/acme/notes:v1" };
 * findLocked({ extensions: [] }, wanted).kind; // "absent"
 * ```
 */
export function findLocked(
  lock: Lock,
  wanted: Pick<LockedExtension, "name" | "reference">,
): LockLookup {
  const named = lock.extensions.filter(({ name }) => name === wanted.name);
  const exact = named.find(({ reference }) => reference === wanted.reference);
  if (exact !== undefined) return { kind: "locked", locked: exact };
  const [locked] = named;
  return locked === undefined
    ? { kind: "absent" }
    : { kind: "other-reference", locked };
}

/** Content as it was found; what is not known is not compared. */
export interface FoundContent {
  /** Digest of the manifest or index that the reference names. */
  readonly manifestDigest?: string | undefined;
  /** Digest of the layer that holds the module. */
  readonly layerDigest?: string | undefined;
  /** SHA-256 of the module, 64 lowercase hex digits. */
  readonly sha256: string;
  /** Size of the module in bytes. */
  readonly sizeBytes: number;
}

/** One thing that is not as the lock says. */
export interface LockDifference {
  /** The code of the error for it. */
  readonly code: Extract<
    ForgeErrorCode,
    | "LOCK_LAYER_MISMATCH"
    | "LOCK_MANIFEST_MISMATCH"
    | "LOCK_MODULE_MISMATCH"
    | "LOCK_SIZE_MISMATCH"
  >;
  /** What was compared, in words. */
  readonly what: string;
  /** What the lock says. */
  readonly expected: string;
  /** What there is. */
  readonly found: string;
}

/**
 * The first thing in which content is not what the lock says; `undefined` when
 * it is the same.
 *
 * @example
 * ```ts
 * import {
 *   differenceFrom,
 *   lockProject,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const { lock } = await lockProject(await openProject({ platform }), {
 *   platform,
 * });
 * const [locked] = lock?.extensions ?? [];
 * if (locked !== undefined) {
 *   differenceFrom(locked, { ...locked, sizeBytes: 1 })?.what; // "size in bytes"
 * }
 * ```
 */
export function differenceFrom(
  locked: LockedExtension,
  found: FoundContent,
): LockDifference | undefined {
  const { manifestDigest, layerDigest } = found;
  if (
    manifestDigest !== undefined && manifestDigest !== locked.manifestDigest
  ) {
    return {
      code: "LOCK_MANIFEST_MISMATCH",
      what: "manifest digest",
      expected: locked.manifestDigest,
      found: manifestDigest,
    };
  }
  if (layerDigest !== undefined && layerDigest !== locked.layerDigest) {
    return {
      code: "LOCK_LAYER_MISMATCH",
      what: "layer digest",
      expected: locked.layerDigest,
      found: layerDigest,
    };
  }
  if (found.sizeBytes !== locked.sizeBytes) {
    return {
      code: "LOCK_SIZE_MISMATCH",
      what: "size in bytes",
      expected: String(locked.sizeBytes),
      found: String(found.sizeBytes),
    };
  }
  if (found.sha256 === locked.sha256) return undefined;
  return {
    code: "LOCK_MODULE_MISMATCH",
    what: "sha256 of the module",
    expected: locked.sha256,
    found: found.sha256,
  };
}
