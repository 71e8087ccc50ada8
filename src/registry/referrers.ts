/**
 * Finding what refers to a manifest: signatures, attestations.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestAlgorithm,
  digestHex,
  isIndexMediaType,
  OCI_INDEX,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import { readPages } from "./listing.ts";
import { fetchManifest } from "./manifests.ts";
import {
  nameOf,
  pullScope,
  type RepositoryPlace,
  type SignalOptions,
  urlOf,
} from "./repository.ts";

/** Referrers that are listed; each costs a request to whoever looks into it. */
const MAX_REFERRERS = 10_000;

/** Options of {@linkcode listReferrers}. */
export interface ListReferrersOptions extends SignalOptions {
  /** Lists only referrers of this kind. */
  readonly artifactType?: string | undefined;
}

/**
 * Lists what refers to a manifest (distribution-spec, "Listing Referrers"),
 * from the fallback tag where the registry has no such interface (GHCR).
 *
 * @param place The repository.
 * @param digest The manifest.
 * @param options The kind and the signal.
 * @returns Descriptors, in the order of the registry.
 * @throws {RegistryError} When the registry refuses.
 */
export async function listReferrers(
  place: RepositoryPlace,
  digest: Digest,
  options: ListReferrersOptions = {},
): Promise<readonly Descriptor[]> {
  const { artifactType } = options;
  const found = await fromInterface(place, digest, options) ??
    await fromFallbackTag(place, digest, options);
  return found
    .filter((descriptor) =>
      artifactType === undefined || descriptor.artifactType === artifactType
    )
    .slice(0, MAX_REFERRERS);
}

/**
 * The tag under which referrers are kept where there is no interface: 64 digits, whatever the algorithm (distribution-spec, "Referrers Tag Schema").
 *
 * @example
 * ```ts
 * import { digestBytes, referrersTag } from "@forgepoint/forge/oci";
 *
 * referrersTag(await digestBytes(new Uint8Array())); // "sha256-e3b0c442..."
 * ```
 */
export function referrersTag(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestHex(digest).slice(0, 64)}`;
}

/**
 * Tells what a tag is about that somebody copied from a list of tags: those
 * under which signatures and other referrers are kept.
 *
 * @param tag A tag, such as `sha256-<64 hex digits>.sig`.
 * @returns The digest of what it refers to; `undefined` for other tags.
 *
 * @example
 * ```ts
 * import { referrersTagSubject } from "@forgepoint/forge/oci";
 *
 * referrersTagSubject("v1.0.0"); // undefined
 * ```
 */
export function referrersTagSubject(tag: string): Digest | undefined {
  const match = /^(sha256|sha512)-([0-9a-f]+)(?:\.[a-z]+)?$/.exec(tag);
  return match === null ? undefined : tryParseDigest(`${match[1]}:${match[2]}`);
}

async function fromInterface(
  place: RepositoryPlace,
  digest: Digest,
  options: ListReferrersOptions,
): Promise<readonly Descriptor[] | undefined> {
  const url = urlOf(place, `referrers/${digest}`);
  const { artifactType, signal } = options;
  if (artifactType !== undefined) {
    url.searchParams.set("artifactType", artifactType);
  }
  const found: Descriptor[] = [];
  const pages = readPages(place, {
    action: `list referrers of ${nameOf(place)}@${digest}`,
    method: "GET",
    url,
    scope: pullScope(place),
    // 404 means that there is no such interface; some say so in other ways.
    expect: [200, 400, 404, 405, 406, 501],
    init: {
      headers: { accept: OCI_INDEX },
      purpose: "api",
      signal: signal ?? null,
    },
  });
  for await (const { json, response } of pages) {
    if (response.status !== 200) return undefined;
    found.push(...manifestsOf(json));
    if (found.length >= MAX_REFERRERS) break;
  }
  return found;
}

async function fromFallbackTag(
  place: RepositoryPlace,
  digest: Digest,
  options: SignalOptions,
): Promise<readonly Descriptor[]> {
  try {
    const tag = referrersTag(digest);
    const { manifest } = await fetchManifest(place, tag, options);
    return manifest.kind === "index" ? manifest.manifests : [];
  } catch (error) {
    const isAbsent = error instanceof ForgeError &&
      error.code === "REGISTRY_NOT_FOUND";
    if (isAbsent) return [];
    throw error;
  }
}

/** The entries of a page, which has to be an index. */
function manifestsOf(json: unknown): readonly Descriptor[] {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const index = parseManifest(bytes, OCI_INDEX);
  return index.kind === "index" && isIndexMediaType(index.mediaType)
    ? index.manifests
    : [];
}
