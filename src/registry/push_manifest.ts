/**
 * Uploading manifests.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { discardBody } from "../http/mod.ts";
import {
  type Descriptor,
  digestAlgorithm,
  digestBytes,
  type ImageManifest,
  OCI_INDEX,
  parseManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import { fetchManifest } from "./manifests.ts";
import { referrersTag } from "./referrers.ts";
import {
  nameOf,
  parseVersion,
  pushScope,
  type RepositoryPlace,
  type SignalOptions,
  urlOf,
} from "./repository.ts";

/**
 * Uploads a manifest or index; what it names has to be there already.
 *
 * When it has a subject and the registry does not list referrers by itself,
 * the fallback tag is brought up to date (distribution-spec, "Pushing
 * Manifests with Subject").
 *
 * @param place The repository.
 * @param reference A tag, or the digest of the bytes.
 * @param bytes The manifest as it shall be served.
 * @param options The signal.
 * @returns Its descriptor.
 * @throws {ForgeError} `DIGEST_MISMATCH`, `MANIFEST_INVALID`.
 * @throws {RegistryError} When the registry refuses.
 */
export async function pushManifest(
  place: RepositoryPlace,
  reference: string,
  bytes: Uint8Array<ArrayBuffer>,
  options: SignalOptions = {},
): Promise<Descriptor> {
  const version = parseVersion(reference);
  const manifest = parseManifest(bytes);
  const algorithm = version.digest === undefined
    ? "sha256"
    : digestAlgorithm(version.digest);
  const digest = await digestBytes(bytes, algorithm);
  if (version.digest !== undefined && version.digest !== digest) {
    throw mismatch(`the bytes hash to ${digest}`, version.digest);
  }
  const response = await place.connection.send({
    action: `upload manifest ${nameOf(place)}${version.suffix}`,
    method: "PUT",
    url: urlOf(place, `manifests/${version.text}`),
    scope: pushScope(place),
    expect: [200, 201, 202, 204],
    init: {
      headers: { "content-type": manifest.mediaType },
      body: bytes,
      purpose: "api",
      signal: options.signal ?? null,
    },
  });
  discardBody(response);
  const stored = tryParseDigest(
    response.headers.get("docker-content-digest") ?? "",
  );
  const isSame = stored === undefined || stored === digest ||
    digestAlgorithm(stored) !== algorithm;
  if (!isSame) throw mismatch(`the registry stored ${stored}`, digest);
  const { mediaType, artifactType, subject, annotations } = manifest;
  const descriptor = { mediaType, digest, size: bytes.byteLength };
  if (subject !== undefined && !response.headers.has("oci-subject")) {
    const kind = artifactType ?? configType(manifest);
    await addToFallbackTag(place, subject, {
      ...descriptor,
      ...(kind === undefined ? {} : { artifactType: kind }),
      annotations,
    }, options);
  }
  return descriptor;
}

/** What an artifact without a type of its own goes by in a list of referrers. */
function configType(
  manifest: Pick<ImageManifest, "mediaType"> & { config?: Descriptor },
): string | undefined {
  return manifest.config?.mediaType;
}

async function addToFallbackTag(
  place: RepositoryPlace,
  subject: Descriptor,
  referrer: Descriptor,
  options: SignalOptions,
): Promise<void> {
  const tag = referrersTag(subject.digest);
  const known = await listKnown(place, tag, options);
  if (known.some((entry) => entry.digest === referrer.digest)) return;
  const index = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [...known, referrer],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(index));
  await pushManifest(place, tag, bytes, options);
}

async function listKnown(
  place: RepositoryPlace,
  tag: string,
  options: SignalOptions,
): Promise<readonly Descriptor[]> {
  try {
    const { manifest } = await fetchManifest(place, tag, options);
    return manifest.kind === "index" ? manifest.manifests : [];
  } catch (error) {
    const isAbsent = error instanceof ForgeError &&
      error.code === "REGISTRY_NOT_FOUND";
    if (isAbsent) return [];
    throw error;
  }
}

function mismatch(what: string, expected: string): ForgeError {
  return new ForgeError(
    "DIGEST_MISMATCH",
    `Failed to upload manifest ${expected}: ${what}`,
    { hint: "Try again: the transfer was altered on its way" },
  );
}
