/**
 * Everything that will prove later, from the disk alone, that a module is
 * what was signed; gathered while it is pulled.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Digest, ImageManifest } from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import type { ImageSource, SignalOptions } from "../registry/mod.ts";
import {
  formatSignatureRecord,
  type ImageSignature,
  MAX_RECORD_BYTES,
  type ModuleWrapping,
} from "../trust/mod.ts";
import { fetchSmall } from "./fetch_signatures.ts";
import { surroundingsOf, type WantedModule } from "./module_wrapping.ts";
import {
  checkContent,
  diffIdOf,
  type HashedModule,
} from "./stored_signature.ts";

/** Bytes of a config that is kept; those of images have 1 to 10 KB. */
const MAX_CONFIG_BYTES = 256 * 1024;

/** What the wrapping of a module is found out from. */
export interface WrappingContext extends SignalOptions {
  /** Where the config is. */
  readonly repository: ImageSource;
  /** The disk. */
  readonly files: Files;
}

/** A layer that holds a module and more. */
export interface WrappedLayer {
  /** The layer. */
  readonly digest: Digest;
  /** Where its bytes are, verified. */
  readonly path: string;
}

/**
 * Finds out what is around a module in its layer, and what vouches for that.
 *
 * @throws {ForgeError} `SIGNATURE_UNSUPPORTED` when nothing does.
 */
export async function wrappingOf(
  module: WantedModule,
  layer: WrappedLayer,
  manifest: ImageManifest,
  context: WrappingContext,
): Promise<ModuleWrapping> {
  const { repository, files, signal } = context;
  const { before, after, unpackedSha256 } = await surroundingsOf(
    files.readChunks(layer.path),
    module,
  );
  const base = { layer: layer.digest, before, after };
  if (layer.digest === `sha256:${unpackedSha256}`) return base;
  const config = await fetchSmall(repository, manifest.config, {
    signal,
    maxBytes: MAX_CONFIG_BYTES,
  });
  const { layers } = manifest;
  const index = layers.findIndex(({ digest }) => digest === layer.digest);
  if (diffIdOf(config, index, layers) === `sha256:${unpackedSha256}`) {
    return { ...base, config };
  }
  throw new ForgeError(
    "SIGNATURE_UNSUPPORTED",
    "Cannot keep the signature: the layer is compressed, and the config does not say what is in it",
    { hint: "Publish the module itself, with forge publish, and sign that" },
  );
}

/** A wrapping with the config of another image that has the same layer. */
export async function withConfigOf(
  wrapping: ModuleWrapping,
  manifest: ImageManifest,
  { repository, signal }: WrappingContext,
): Promise<ModuleWrapping> {
  if (wrapping.config === undefined) return wrapping;
  const config = await fetchSmall(repository, manifest.config, {
    signal,
    maxBytes: MAX_CONFIG_BYTES,
  });
  return { ...wrapping, config };
}

/** What a record is made of. */
export interface Evidence {
  /** From what the reference resolved to down to the manifest of the module. */
  readonly manifests: readonly Uint8Array<ArrayBuffer>[];
  /** The last one, read. */
  readonly manifest: ImageManifest;
  /** The signatures, the accepted one first. */
  readonly signatures: readonly ImageSignature[];
  /** How the module lies in its layer, where the layer is more. */
  readonly wrapping?: ModuleWrapping | undefined;
}

/**
 * Writes the record for an entry, once it is known to prove what it should.
 *
 * @param module The module on the disk.
 * @throws {ForgeError} `SIGNATURE_CONTENT_MISMATCH`, `TOO_LARGE`.
 */
export async function recordOf(
  { manifests, manifest, signatures, wrapping }: Evidence,
  module: HashedModule,
  files: Files,
): Promise<string> {
  // The same check as later from the cache: an entry that would be refused then is none now.
  await checkContent({ wrapping }, manifest, module, files);
  const text = formatSignatureRecord({ manifests, signatures, wrapping });
  if (text.length <= MAX_RECORD_BYTES) return text;
  throw new ForgeError(
    "TOO_LARGE",
    `Cannot keep the signature: with its manifests it has ${text.length} bytes, the limit is ${MAX_RECORD_BYTES}`,
    { hint: "Reference the manifest of the module itself by its digest" },
  );
}
