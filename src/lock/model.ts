/**
 * What `forge.lock` says, as plain data.
 *
 * @module
 */

import type { Digest } from "../oci/mod.ts";

/** The version of the format that is read and written. */
export const LOCK_VERSION = 1;

/** What every extension of a configuration was when it was last looked up. */
export interface Lock {
  /** One for each extension from a registry; in the file they are sorted by name. */
  readonly extensions: readonly LockedExtension[];
}

/** What one extension was. */
export interface LockedExtension {
  /** Its name in `forge.ron`. */
  readonly name: string;
  /** What `forge.ron` asked for, as {@linkcode lockReference} writes it. */
  readonly reference: string;
  /** Digest of the manifest or index that the reference named. */
  readonly manifestDigest: Digest;
  /** Digest of the layer that holds the module, as it is stored. */
  readonly layerDigest: Digest;
  /** SHA-256 of the module itself, 64 lowercase hex digits. */
  readonly sha256: string;
  /** Size of the module in bytes. */
  readonly sizeBytes: number;
}

/** The three fields of `forge.ron` that say which version is meant. */
export interface LockReferenceParts {
  /** Registry host, as in `forge.ron`. */
  readonly registry: string;
  /** Image path, as in `forge.ron`. */
  readonly image: string;
  /** Tag or whole digest, as in `forge.ron`. */
  readonly reference: string;
}

/**
 * Writes what `forge.ron` asks for as one text.
 *
 * @returns `registry/image:tag` or `registry/image@digest`.
 *
 * @example
 * ```ts
 * import { lockReference } from "@forgepoint/forge";
 *
 * lockReference({ registry: "ghcr.io", image: "acme/notes", reference: "v1" });
 * // "ghcr.io/acme/notes:v1"
 * ```
 */
export function lockReference(parts: LockReferenceParts): string {
  // Only a digest has a colon.
  const joint = parts.reference.includes(":") ? "@" : ":";
  return `${parts.registry}/${parts.image}${joint}${parts.reference}`;
}

/**
 * The path of the lock file of a configuration: beside it, with `.lock` in
 * place of `.ron`, so that two configurations in one directory have two.
 *
 * @example
 * ```ts
 * import { lockPathOf } from "@forgepoint/forge";
 *
 * lockPathOf("/srv/app/forge.ron"); // "/srv/app/forge.lock"
 * ```
 */
export function lockPathOf(configPath: string): string {
  return `${configPath.replace(/\.ron$/, "")}.lock`;
}
