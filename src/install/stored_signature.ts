/**
 * Whether a cache entry is what somebody who is trusted signed, found out
 * from the disk alone.
 *
 * Anyone may have written to the cache. What is believed is the signature, and
 * what follows from it by digests: the manifests, the layer, the module. The
 * metadata of the entry has to agree, and adds nothing.
 *
 * @module
 */

import { extractModule } from "../artifact/mod.ts";
import type { Cache, CacheEntry } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  digestAlgorithm,
  digestBytes,
  Digester,
  digestHex,
  type ImageManifest,
  tryParseDigest,
} from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import {
  checkManifestChain,
  contentMismatch,
  MAX_RECORD_BYTES,
  type ModuleWrapping,
  parseSignatureRecord,
  type SignatureRecord,
  type TrustPolicy,
  type VerifiedSignature,
  verifySignatures,
} from "../trust/mod.ts";
import type { PlannedOci } from "./plan.ts";

/** A module on the disk that was hashed. */
export interface HashedModule {
  /** Where it is. */
  readonly path: string;
  /** SHA-256 of what is there, 64 hex digits. */
  readonly sha256: string;
  /** Its size in bytes. */
  readonly size: number;
}

/** Options of {@linkcode verifyStored}. */
export interface VerifyStoredOptions {
  /** The cache that has the entry. */
  readonly cache: Cache;
  /** The disk. */
  readonly files: Files;
  /** Who may have signed. */
  readonly policy: TrustPolicy;
}

/**
 * Verifies a cache entry by the signatures that are stored with it. Touches no
 * network.
 *
 * @param planned What the entry has to be.
 * @param entry The entry; its file must have been hashed just now.
 * @param options Cache, disk and policy.
 * @throws {ForgeError} `SIGNATURE_NOT_CACHED` when nothing is stored,
 * `SIGNATURE_CONTENT_MISMATCH` when the entry is not what was signed, and the
 * other `SIGNATURE_` and `CERTIFICATE_` codes.
 */
export async function verifyStored(
  planned: PlannedOci,
  entry: CacheEntry,
  options: VerifyStoredOptions,
): Promise<VerifiedSignature> {
  const { cache, files, policy } = options;
  const bytes = await cache.signatures(entry.key, {
    maxBytes: MAX_RECORD_BYTES,
  });
  if (bytes === undefined) throw notStored(planned);
  const record = parseSignatureRecord(bytes);
  const { digests, manifest } = await checkManifestChain(record.manifests);
  await checkReference(planned, record, entry.metadata.contentDigest);
  const verified = await verifySignatures(record.signatures, {
    subjects: digests,
    policy,
  });
  const { sha256, sizeBytes: size } = entry.metadata;
  await checkContent(
    record,
    manifest,
    { path: entry.path, sha256, size },
    files,
  );
  return verified;
}

/**
 * Checks that a module is the one of a manifest: a layer of it, or in a layer
 * of it.
 *
 * @throws {ForgeError} `SIGNATURE_CONTENT_MISMATCH`.
 */
export async function checkContent(
  { wrapping }: Pick<SignatureRecord, "wrapping">,
  manifest: ImageManifest,
  module: HashedModule,
  files: Files,
): Promise<void> {
  if (wrapping !== undefined) {
    return await checkWrapped(wrapping, manifest, module, files);
  }
  for (const { digest, size } of manifest.layers) {
    if (size !== module.size) continue;
    if (await hashAs(digest, module, files) === digest) return;
  }
  throw contentMismatch("the module is no layer of the image that was signed");
}

/** Puts the layer together again, and takes the module out of it as a pull does. */
async function checkWrapped(
  wrapping: ModuleWrapping,
  manifest: ImageManifest,
  module: HashedModule,
  files: Files,
): Promise<void> {
  const expected = await unpackedDigest(wrapping, manifest);
  const whole = new Digester(digestAlgorithm(expected));
  let inner = new Digester();
  const layer = async function* () {
    const parts = [[wrapping.before], files.readChunks(module.path), [
      wrapping.after,
    ]];
    for (const part of parts) {
      for await (const chunk of part) {
        whole.update(chunk);
        if (chunk.byteLength > 0) yield chunk;
      }
    }
  };
  const sink = {
    write: (chunk: Uint8Array) => Promise.resolve(inner.update(chunk)),
    restart: () => Promise.resolve(void (inner = new Digester())),
  };
  let extraction;
  try {
    extraction = await extractModule(layer(), sink);
  } catch (cause) {
    if (!(cause instanceof ForgeError)) throw cause;
    throw contentMismatch(
      `its layer cannot be put together again: ${cause.message}`,
    );
  }
  if (whole.digest() !== expected) {
    throw contentMismatch("the module is not in the layer that was signed");
  }
  const isSame = extraction.module?.sizeBytes === module.size &&
    digestHex(inner.digest()) === module.sha256;
  if (!isSame) throw contentMismatch("another file of its layer is the module");
}

/** What the layer hashes to, unpacked: its own digest, or what the config says (image-spec, config.md, `rootfs`). */
async function unpackedDigest(
  { layer, config }: ModuleWrapping,
  manifest: ImageManifest,
): Promise<Digest> {
  const index = manifest.layers.findIndex(({ digest }) => digest === layer);
  if (index < 0) throw contentMismatch("its layer is not one of the image");
  if (config === undefined) return layer;
  const { digest } = manifest.config;
  if (await digestBytes(config, digestAlgorithm(digest)) !== digest) {
    throw contentMismatch("its config is not that of the image");
  }
  const found = diffIdOf(config, index, manifest.layers);
  if (found === undefined) {
    throw contentMismatch("its config does not name the layer");
  }
  return found;
}

/** The digest that a config has for a layer before it was compressed. */
export function diffIdOf(
  config: Uint8Array,
  index: number,
  layers: readonly Descriptor[],
): Digest | undefined {
  try {
    const json = JSON.parse(new TextDecoder().decode(config));
    const ids: unknown = json?.rootfs?.diff_ids;
    if (!Array.isArray(ids) || ids.length !== layers.length) return undefined;
    return tryParseDigest(String(ids[index]));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A digest that the configuration names decides; a tag means what was pulled for it. */
async function checkReference(
  { reference }: PlannedOci,
  { manifests: [first] }: SignatureRecord,
  contentDigest: string | undefined,
): Promise<void> {
  const wanted = tryParseDigest(reference) ??
    tryParseDigest(contentDigest ?? "");
  if (wanted === undefined || first === undefined) {
    throw contentMismatch("the entry does not say which manifest it is of");
  }
  const found = await digestBytes(first, digestAlgorithm(wanted));
  if (found === wanted) return;
  throw contentMismatch(`it is of ${found}, the entry is of ${wanted}`);
}

async function hashAs(
  digest: Digest,
  { path, sha256 }: HashedModule,
  files: Files,
): Promise<Digest> {
  if (digestAlgorithm(digest) === "sha256") return `sha256:${sha256}`;
  const digester = new Digester(digestAlgorithm(digest));
  for await (const chunk of files.readChunks(path)) digester.update(chunk);
  return digester.digest();
}

function notStored({ name }: PlannedOci): ForgeError {
  return new ForgeError(
    "SIGNATURE_NOT_CACHED",
    `Cannot trust ${name}: no signature is stored with its cache entry`,
    {
      hint:
        "Pull once while online, so that its signature is verified and stored",
    },
  );
}
