/**
 * Copying an image from one repository to another.
 *
 * @module
 */

import type { Descriptor } from "../oci/mod.ts";
import type {
  ImageSource,
  ImageTarget,
  SignalOptions,
} from "../registry/mod.ts";
import type { TransferEvent } from "./publish_module.ts";

/** What to copy. */
export interface CopySource {
  /** Where it is. */
  readonly repository: ImageSource;
  /** Its tag or digest. */
  readonly reference: string;
}

/** Options of {@linkcode copyImage}. */
export interface CopyImageOptions extends SignalOptions {
  /** Tags to give the copy; without any it can be pulled by digest only. */
  readonly tags: readonly string[];
  /** Copy signatures and whatever else refers to the image. */
  readonly includeReferrers?: boolean | undefined;
  /** Name of the source, where it is in the same registry: blobs need not travel. */
  readonly mountFrom?: string | undefined;
  /** Hears of every step. */
  readonly onEvent?: ((event: TransferEvent) => void) | undefined;
}

/** What was copied. */
export interface CopyOutcome {
  /** The manifest or index; its digest is the same in both places. */
  readonly descriptor: Descriptor;
  /** Manifests that were written, those of an index and referrers among them. */
  readonly manifests: number;
  /** Blobs that were sent. */
  readonly uploadedBlobs: number;
  /** Blobs that were there already, or mounted. */
  readonly presentBlobs: number;
}

/**
 * Copies an image with all its platforms, byte for byte, so that its digest
 * stays. Content is verified on its way: what does not hash to its digest is
 * not stored.
 *
 * @param source Where it is.
 * @param target Where to.
 * @param options Tags, referrers.
 * @throws {ForgeError} `DIGEST_MISMATCH` or `SIZE_MISMATCH` for damaged
 * content, `MANIFEST_INVALID` for an index without end.
 * @throws {RegistryError} When a registry refuses.
 *
 * @example
 * ```ts
 * import {
 *   copyImage,
 *   createProjectClient,
 *   openProject,
 *   platform,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const client = await createProjectClient(project.config, {
 *   platform,
 *   root: project.location.root,
 *   registries: ["ghcr.io", "registry.company.com"],
 *   offline: false,
 * });
 * await copyImage(
 *   {
 *     repository: client.repository("ghcr.io", "acme/extensions/notes"),
 *     reference: "v1.0.0",
 *   },
 *   client.repository("registry.company.com", "mirror/notes"),
 *   { tags: ["v1.0.0"] },
 * );
 * ```
 */
export async function copyImage(
  source: CopySource,
  target: ImageTarget,
  options: CopyImageOptions,
): Promise<CopyOutcome> {
  const { copy } = await import("./copy.ts");
  return await copy(source, target, options);
}
