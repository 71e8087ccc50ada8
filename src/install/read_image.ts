/**
 * The module of an image in memory, for who only wants to look at it.
 *
 * @module
 */

import type { Descriptor, Digest, ImageManifest } from "../oci/mod.ts";
import type { Clock } from "../platform/types.ts";
import type { ImageSource } from "../registry/mod.ts";

/** Options of {@linkcode readImage}. */
export interface ReadImageOptions {
  /** Where the image is. */
  readonly repository: ImageSource;
  /** Time. */
  readonly clock: Clock;
  /** Bytes that a layer, and the module in it, may have; 256 MiB unless told otherwise. */
  readonly maxBytes?: number | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/** An image, and the module in it. */
export interface ReadImage {
  /** Digest of the manifest or index that the reference names. */
  readonly digest: Digest;
  /** Digest of the manifest itself; the same where there is no index. */
  readonly manifestDigest: Digest;
  /** The manifest. */
  readonly manifest: ImageManifest;
  /** The layer that holds the module. */
  readonly layer: Descriptor;
  /** The module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the module, 64 lowercase hex digits. */
  readonly sha256: string;
}

/**
 * Fetches an image's manifest, and of its layers only what it takes to find the
 * module. Everything is verified; nothing is written to a disk.
 *
 * @param reference A tag or digest.
 * @throws {ForgeError} As a pull does: `ARTIFACT_NO_MODULE`, `DIGEST_MISMATCH`,
 * `TOO_LARGE`, what the registry's failure is.
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   inspect,
 *   openProject,
 *   platform,
 *   readImage,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const { root } = project.location;
 * const client = await createProjectClient(project.config, {
 *   ...{ platform, root, registries: ["ghcr.io"], offline: false },
 * });
 * const image = await readImage("v1.0.0", {
 *   repository: client.repository("ghcr.io", "acme/extensions/notes"),
 *   clock: platform.clock,
 * });
 * inspect(image.bytes).exports.length;
 * ```
 */
export async function readImage(
  reference: string,
  options: ReadImageOptions,
): Promise<ReadImage> {
  const { fetchModule } = await import("./fetch_module.ts");
  return await fetchModule(reference, options);
}
