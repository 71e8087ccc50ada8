/**
 * Asking several places for credentials, in order.
 *
 * @module
 */

import type { CredentialLookup, CredentialSource } from "./credentials.ts";

/**
 * Asks sources in order until one has credentials. What the earlier ones
 * lacked is kept, so that a later refusal can name it.
 *
 * A registry, or a repository of it, is looked up once, however many ask at the
 * same time: behind a source there may be a program that asks a person.
 *
 * @param sources The sources.
 *
 * @example
 * ```ts
 * import { anonymous, chainCredentials } from "@forgepoint/forge/oci";
 *
 * await chainCredentials([anonymous]).get("ghcr.io"); // no credential
 * ```
 */
export function chainCredentials(
  sources: readonly CredentialSource[],
): CredentialSource {
  const lookups = new Map<string, Promise<CredentialLookup>>();
  return {
    get(registry, repository) {
      const key = `${registry}/${repository ?? ""}`;
      const known = lookups.get(key);
      if (known !== undefined) return known;
      const lookup = askInOrder(sources, registry, repository);
      lookups.set(key, lookup);
      return lookup;
    },
  };
}

async function askInOrder(
  sources: readonly CredentialSource[],
  registry: string,
  repository: string | undefined,
): Promise<CredentialLookup> {
  const missing: string[] = [];
  for (const source of sources) {
    const lookup = await source.get(registry, repository);
    missing.push(...lookup.missing ?? []);
    if (lookup.credential !== undefined) {
      return { credential: lookup.credential, missing };
    }
  }
  return { missing };
}
