/**
 * The signatures of an image, from where cosign keeps them in a registry.
 *
 * What is fetched is bounded and has the digest that names it, and is not
 * believed in any other way.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestHex,
  type ImageManifest,
  verifyStream,
} from "../oci/mod.ts";
import type { ImageSource, SignalOptions } from "../registry/mod.ts";
import {
  BUNDLE_V03,
  CERTIFICATE_ANNOTATION,
  COSIGN_SIGN_PREDICATE,
  type ImageSignature,
  LOG_ANNOTATION,
  MAX_BUNDLE_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_SIGNATURES,
  PREDICATE_ANNOTATION,
  SIGNATURE_ANNOTATION,
  signatureTag,
  SIMPLE_SIGNING,
} from "../trust/mod.ts";

/** Signatures, and what could not be had of others. */
export interface FetchedSignatures {
  /** In the order of the registry. */
  readonly signatures: readonly ImageSignature[];
  /** Why others could not be read. */
  readonly problems: readonly ForgeError[];
}

/** Damage of one signature: the others may still be whole. */
const DAMAGE: ReadonlySet<string> = new Set([
  "DIGEST_MISMATCH",
  "MANIFEST_INVALID",
  "REGISTRY_NOT_FOUND",
  "SIZE_MISMATCH",
  "TOO_LARGE",
]);

/**
 * Fetches the signatures of an image: bundles that refer to it, then those of
 * the old form.
 *
 * @param repository Where the image is.
 * @param digest Its manifest or index.
 * @param options The signal.
 * @returns One group for each form, the second fetched only when it is asked for.
 * @throws {ForgeError} When the registry cannot be asked.
 */
export async function* fetchSignatures(
  repository: ImageSource,
  digest: Digest,
  options: SignalOptions = {},
): AsyncGenerator<FetchedSignatures, void, undefined> {
  yield await fetchBundles(repository, digest, options);
  yield await fetchOldForm(repository, digest, options);
}

async function fetchBundles(
  repository: ImageSource,
  digest: Digest,
  options: SignalOptions,
): Promise<FetchedSignatures> {
  const referrers = await repository.referrers(digest, {
    ...options,
    artifactType: BUNDLE_V03,
  });
  // Attestations have the same type; where an index says what one states, it is not fetched.
  const candidates = referrers.filter(({ annotations }) =>
    (annotations?.[PREDICATE_ANNOTATION] ?? COSIGN_SIGN_PREDICATE) ===
      COSIGN_SIGN_PREDICATE
  );
  return await collect(candidates, async (referrer) => {
    const manifest = await fetchImage(repository, referrer.digest, options);
    const bundles = manifest.layers.filter(({ mediaType }) =>
      mediaType === BUNDLE_V03
    );
    return await Promise.all(
      bundles.slice(0, MAX_SIGNATURES).map(async (layer) => ({
        form: "bundle" as const,
        bundle: await fetchSmall(repository, layer, {
          ...options,
          maxBytes: MAX_BUNDLE_BYTES,
        }),
      })),
    );
  });
}

async function fetchOldForm(
  repository: ImageSource,
  digest: Digest,
  options: SignalOptions,
): Promise<FetchedSignatures> {
  let manifest: ImageManifest;
  try {
    manifest = await fetchImage(repository, signatureTag(digest), options);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const isAbsent = error.code === "REGISTRY_NOT_FOUND";
    return { signatures: [], problems: isAbsent ? [] : [error] };
  }
  const layers = manifest.layers.filter(({ mediaType, annotations }) =>
    mediaType === SIMPLE_SIGNING &&
    annotations?.[SIGNATURE_ANNOTATION] !== undefined
  );
  return await collect(layers, async (layer) => {
    const { annotations = {} } = layer;
    return [{
      form: "simplesigning",
      payload: await fetchSmall(repository, layer, {
        ...options,
        maxBytes: MAX_PAYLOAD_BYTES,
      }),
      signature: annotations[SIGNATURE_ANNOTATION] ?? "",
      certificate: annotations[CERTIFICATE_ANNOTATION] || undefined,
      logEntry: annotations[LOG_ANNOTATION] || undefined,
    }];
  });
}

/** Fetches what descriptors name, one after the other; what is damaged is left out and told. */
async function collect(
  descriptors: readonly Descriptor[],
  fetchOne: (descriptor: Descriptor) => Promise<readonly ImageSignature[]>,
): Promise<FetchedSignatures> {
  const signatures: ImageSignature[] = [];
  const problems: ForgeError[] = [];
  for (const descriptor of descriptors.slice(0, MAX_SIGNATURES)) {
    try {
      signatures.push(...await fetchOne(descriptor));
    } catch (error) {
      if (!isDamage(error)) throw error;
      problems.push(error);
    }
  }
  return { signatures, problems };
}

async function fetchImage(
  repository: ImageSource,
  reference: string,
  options: SignalOptions,
): Promise<ImageManifest> {
  const { manifest } = await repository.fetchManifest(reference, options);
  if (manifest.kind === "manifest") return manifest;
  throw new ForgeError(
    "MANIFEST_INVALID",
    `Cannot read the signatures in ${reference}: it is an index`,
  );
}

/** Fetches a blob into memory, verified. */
export async function fetchSmall(
  repository: ImageSource,
  descriptor: Descriptor,
  options: SignalOptions & { readonly maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { digest, size } = descriptor;
  const { maxBytes, signal } = options;
  if (size > maxBytes) {
    throw new ForgeError(
      "TOO_LARGE",
      `Cannot read ${
        digestHex(digest).slice(0, 12)
      } of a signature: it has ${size} bytes, the limit is ${maxBytes}`,
    );
  }
  const { chunks } = await repository.fetchBlob(descriptor, {
    maxBytes: size,
    signal,
  });
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of verifyStream(chunks, descriptor)) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function isDamage(error: unknown): error is ForgeError {
  return error instanceof ForgeError && DAMAGE.has(error.code);
}
