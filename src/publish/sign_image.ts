/**
 * Signing an image that is in a registry, so that cosign finds and verifies
 * the signature.
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
  type SigningKey,
  signSimple,
  SIMPLE_SIGNING,
} from "../trust/mod.ts";

/** Key of the time of making (image-spec, annotations.md). */
const CREATED_ANNOTATION = "org.opencontainers.image.created";

/** Options of {@linkcode signImage}. */
export interface SignImageOptions extends SignalOptions {
  /** The key. */
  readonly key: SigningKey;
  /** Cosign's old form, for those who verify with cosign before 2.6. */
  readonly legacy?: boolean | undefined;
  /** The name of the image, `ghcr.io/acme/notes`; only the old form keeps it. */
  readonly name: string;
  /** When it is. */
  readonly now: Date;
}

/** A signature that lies in a registry now. */
export interface SignedImage {
  /** What was signed: what the reference resolved to. */
  readonly digest: Digest;
  /** The manifest that holds the signature. */
  readonly signature: Descriptor;
  /** Which form it has. */
  readonly form: "bundle" | "simplesigning";
}

/**
 * Signs what a reference resolves to: the index where there is one.
 *
 * @param repository Where the image is.
 * @param reference Its tag or digest.
 * @param options Key, form and time.
 * @throws {RegistryError} When the registry refuses.
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   generateKeyPair,
 *   openProject,
 *   parseSigningKey,
 *   platform,
 *   publishModule,
 *   signImage,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const client = await createProjectClient(project.config, {
 *   platform,
 *   root: project.location.root,
 *   registries: ["ghcr.io"],
 *   offline: false,
 * });
 * const repository = client.repository("ghcr.io", "acme/extensions/signed");
 * await publishModule(repository, await Deno.readFile("notes.wasm"), {
 *   title: "notes.wasm",
 *   tags: ["v1.0.0"],
 * });
 *
 * const { privatePem } = await generateKeyPair("");
 * const key = await parseSigningKey(privatePem, "cosign.key");
 * await signImage(repository, "v1.0.0", {
 *   key,
 *   name: "ghcr.io/acme/extensions/signed",
 *   now: new Date(),
 * });
 * ```
 */
export async function signImage(
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
