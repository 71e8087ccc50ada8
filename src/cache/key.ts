/**
 * Names of cache entries.
 *
 * @module
 */

import { Digester, digestHex } from "../oci/mod.ts";

/** What a cache entry is found by: the three fields of `forge.ron`, as written there. */
export interface CacheKeyParts {
  /** Registry host. */
  readonly registry: string;
  /** Image path. */
  readonly image: string;
  /** The tag, or the whole digest (`sha256:...`). */
  readonly reference: string;
}

/**
 * The name of a cache entry: SHA-256 of `registry:image@reference`.
 *
 * The same for the original server, so that both read one cache. A tag that
 * moves keeps its key: entries change by an update, not by themselves.
 *
 * @returns 64 lowercase hex digits.
 *
 * @example
 * ```ts
 * import { cacheKey } from "@forgepoint/forge";
 *
 * cacheKey({ registry: "ghcr.io", image: "acme/notes", reference: "v1.0.0" });
 * ```
 */
export function cacheKey(parts: CacheKeyParts): string {
  const digester = new Digester();
  const text = `${parts.registry}:${parts.image}@${parts.reference}`;
  digester.update(new TextEncoder().encode(text));
  return digestHex(digester.digest());
}
