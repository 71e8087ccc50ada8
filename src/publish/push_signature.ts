/**
 * Making a signature and pushing it.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestBytes,
  type ImageManifest,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_MANIFEST,
} from "../oci/mod.ts";
import type { Repository, SignalOptions } from "../registry/mod.ts";
import {
  BUNDLE_V03,
  CONTENT_ANNOTATION,
  COSIGN_SIGN_PREDICATE,
  PREDICATE_ANNOTATION,
  SIGNATURE_ANNOTATION,
  signatureTag,
  signBundle,
  signSimple,
  SIMPLE_SIGNING,
} from "../trust/mod.ts";
import type { SignedImage, SignImageOptions } from "./sign_image.ts";

/** Key of the time of making (image-spec, annotations.md). */
const CREATED_ANNOTATION = "org.opencontainers.image.created";

/** Signs an image and pushes the signature. */
export async function pushSignature(
  repository: Repository,
  reference: string,
  options: SignImageOptions,
): Promise<SignedImage> {
  const { signal } = options;
  // Fetched, not only resolved: what is signed is what the bytes hash to.
  const { descriptor } = await repository.fetchManifest(reference, { signal });
  const { digest } = descriptor;
  const signature = options.legacy === true
    ? await pushSimple(repository, digest, options)
    : await pushBundle(repository, descriptor, options);
  const form = options.legacy === true ? "simplesigning" : "bundle";
  return { digest, signature, form };
}

/** A referrer with one layer (cosign, specs/BUNDLE_SPEC.md). */
async function pushBundle(
  repository: Repository,
  { mediaType, digest, size }: Descriptor,
  { key, now, signal }: SignImageOptions,
): Promise<Descriptor> {
  const { bundle } = await signBundle(digest, key);
  const empty = new TextEncoder().encode("{}");
  const config = await push(repository, OCI_EMPTY, empty, { signal });
  const layer = await push(repository, BUNDLE_V03, bundle, { signal });
  return await pushJson(repository, undefined, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: BUNDLE_V03,
    config,
    layers: [layer],
    subject: { mediaType, digest, size },
    annotations: {
      [CREATED_ANNOTATION]: timeText(now),
      [CONTENT_ANNOTATION]: "dsse-envelope",
      [PREDICATE_ANNOTATION]: COSIGN_SIGN_PREDICATE,
    },
  }, { signal });
}

/** A layer more under the tag (cosign, specs/SIGNATURE_SPEC.md); those of others stay. */
async function pushSimple(
  repository: Repository,
  digest: Digest,
  { key, name, signal }: SignImageOptions,
): Promise<Descriptor> {
  const tag = signatureTag(digest);
  const signed = signSimple({ digest, dockerReference: name }, key);
  const layer = await push(repository, SIMPLE_SIGNING, signed.payload, {
    signal,
  });
  const layers = [
    ...await layersOf(repository, tag, { signal }),
    { ...layer, annotations: { [SIGNATURE_ANNOTATION]: signed.signature } },
  ];
  const config = new TextEncoder().encode(JSON.stringify({
    architecture: "",
    created: "0001-01-01T00:00:00Z",
    history: layers.map(() => ({ created: "0001-01-01T00:00:00Z" })),
    os: "",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  }));
  return await pushJson(repository, tag, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: await push(repository, OCI_CONFIG, config, { signal }),
    layers,
  }, { signal });
}

async function layersOf(
  repository: Repository,
  tag: string,
  options: SignalOptions,
): Promise<ImageManifest["layers"]> {
  try {
    const { manifest } = await repository.fetchManifest(tag, options);
    return manifest.kind === "manifest" ? manifest.layers : [];
  } catch (error) {
    const isAbsent = error instanceof ForgeError &&
      error.code === "REGISTRY_NOT_FOUND";
    if (isAbsent) return [];
    throw error;
  }
}

async function push(
  repository: Repository,
  mediaType: string,
  bytes: Uint8Array<ArrayBuffer>,
  options: SignalOptions,
): Promise<Descriptor> {
  const digest = await digestBytes(bytes);
  const descriptor = { mediaType, digest, size: bytes.byteLength };
  await repository.pushBlob(descriptor, bytes, options);
  return descriptor;
}

async function pushJson(
  repository: Repository,
  tag: string | undefined,
  manifest: object,
  options: SignalOptions,
): Promise<Descriptor> {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const reference = tag ?? await digestBytes(bytes);
  return await repository.pushManifest(reference, bytes, options);
}

/** RFC 3339, in seconds, as cosign writes it. */
function timeText(time: Date): string {
  return time.toISOString().replace(/\.[0-9]+Z$/, "Z");
}
