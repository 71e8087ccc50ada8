/**
 * Public registries that answer from more than one host.
 *
 * A registry's own host is always allowed. What stands here is where the big
 * ones send their clients for tokens and blobs; everyone else says so with
 * `allowed_hosts` in `forge.ron`. Entries are as narrow as their operators'
 * documentation allows.
 *
 * @module
 */

import { parseRegistryHost } from "../oci/mod.ts";

/** One registry, or a family of them. */
export interface WellKnownRegistry {
  /** Which hosts it is. */
  readonly registry: RegExp;
  /** Where it sends its clients; `$1` and so on are groups of the pattern. */
  readonly companions: readonly Companion[];
}

/** A host beside the registry's own. */
export interface Companion {
  /** Host and port as Deno's `--allow-net` takes them. */
  readonly host: string;
  /** What it is for. */
  readonly reason: string;
}

/** The table. */
export const WELL_KNOWN_REGISTRIES: readonly WellKnownRegistry[] = [
  {
    registry: /^docker\.io$/,
    companions: [
      { host: "auth.docker.io:443", reason: "tokens of Docker Hub" },
      {
        host: "production.cloudflare.docker.com:443",
        reason: "blobs of Docker Hub",
      },
      {
        host:
          "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com:443",
        reason: "blobs of Docker Hub",
      },
    ],
  },
  {
    registry: /^ghcr\.io$/,
    companions: [{
      host: "pkg-containers.githubusercontent.com:443",
      reason: "blobs of GitHub's registry",
    }],
  },
  {
    registry: /^quay\.io$/,
    companions: ["cdn", "cdn01", "cdn02", "cdn03"].map((name) => ({
      host: `${name}.quay.io:443`,
      reason: "blobs of Quay",
    })),
  },
  {
    registry: /^(?:[a-z]+\.)?gcr\.io$/,
    companions: [{
      host: "storage.googleapis.com:443",
      reason: "blobs of Google's Container Registry",
    }],
  },
  {
    registry: /^[a-z0-9-]+-docker\.pkg\.dev$/,
    companions: [{
      host: "storage.googleapis.com:443",
      reason: "blobs of Google's Artifact Registry",
    }],
  },
  {
    registry: /^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/,
    companions: [{
      host: "prod-$1-starport-layer-bucket.s3.$1.amazonaws.com:443",
      reason: "blobs of Amazon's registry, in its region",
    }],
  },
  {
    registry: /^public\.ecr\.aws$/,
    companions: [{
      host: "*.cloudfront.net:443",
      reason: "blobs of Amazon's public gallery; Amazon names no narrower host",
    }],
  },
  {
    registry: /^[a-z0-9]+\.azurecr\.io$/,
    companions: [{
      host: "*.blob.core.windows.net:443",
      reason:
        "blobs of Azure's registry; with dedicated data endpoints list those in allowed_hosts",
    }],
  },
  {
    registry: /^registry\.gitlab\.com$/,
    companions: [
      { host: "gitlab.com:443", reason: "tokens of GitLab" },
      {
        host: "cdn.registry.gitlab-static.net:443",
        reason: "blobs of GitLab",
      },
      { host: "storage.googleapis.com:443", reason: "blobs of GitLab" },
    ],
  },
];

/**
 * The hosts to which a registry sends its clients, where that is known.
 *
 * @example
 * ```ts
 * import { companionsOf } from "@forgepoint/forge";
 *
 * companionsOf("ghcr.io").map(({ host }) => host);
 * ```
 */
export function companionsOf(registry: string): readonly Companion[] {
  const name = parseRegistryHost(registry).replace(/:443$/, "");
  for (const known of WELL_KNOWN_REGISTRIES) {
    const match = known.registry.exec(name);
    if (match === null) continue;
    return known.companions.map(({ host, reason }) => ({
      host: host.replaceAll(/\$([0-9])/g, (_, n) => match[Number(n)] ?? ""),
      reason,
    }));
  }
  return [];
}

/**
 * Whether a registry is one of the public ones of the table.
 *
 * @example
 * ```ts
 * import { isWellKnown } from "@forgepoint/forge";
 *
 * isWellKnown("ghcr.io"); // true
 * isWellKnown("registry.company.example"); // false
 * ```
 */
export function isWellKnown(registry: string): boolean {
  const name = parseRegistryHost(registry).replace(/:443$/, "");
  return WELL_KNOWN_REGISTRIES.some((known) => known.registry.test(name));
}
