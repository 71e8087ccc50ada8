/**
 * Signing an image that is in a registry, so that cosign finds and verifies
 * the signature.
 *
 * @module
 */

import type { Descriptor, Digest } from "../oci/mod.ts";
import type { Repository, SignalOptions } from "../registry/mod.ts";
import type { SigningKey } from "../trust/mod.ts";

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
  const { pushSignature } = await import("./push_signature.ts");
  return await pushSignature(repository, reference, options);
}
