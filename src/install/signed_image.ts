/**
 * Whether an image in a registry is signed by somebody who is trusted, found
 * out before any of its content is fetched.
 *
 * @module
 */

import type { Digest } from "../oci/mod.ts";
import type { ImageSource, SignalOptions } from "../registry/mod.ts";
import type {
  ImageSignature,
  TrustPolicy,
  VerifiedSignature,
} from "../trust/mod.ts";

/** Options of {@linkcode verifyImage}. */
export interface VerifyImageOptions extends SignalOptions {
  /** Who may have signed. */
  readonly policy: TrustPolicy;
}

/** An image whose signature holds. */
export interface VerifiedImage {
  /** The signature that holds. */
  readonly verified: VerifiedSignature;
  /** It, and others to be kept. */
  readonly signatures: readonly ImageSignature[];
}

/**
 * Fetches the signatures of an image and verifies them.
 *
 * @param repository Where the image is.
 * @param digests What its reference resolved to, and the manifests below it
 * on the way to the module, each named by the one before by its digest: a
 * signature of any of them is one of the module.
 * @param options The policy and the signal.
 * @throws {ForgeError} `SIGNATURE_MISSING`, or why those that there are do
 * not hold; whatever stands in the way of the registry.
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
 *   verifyImage,
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
 * const { privatePem } = await generateKeyPair("");
 * const key = await parseSigningKey(privatePem, "cosign.key");
 * const { digest } = await signImage(repository, "v1.0.0", {
 *   key,
 *   name: "ghcr.io/acme/extensions/signed",
 *   now: new Date(),
 * });
 *
 * const { verified } = await verifyImage(repository, [digest], {
 *   policy: { keys: [key.publicKey], identities: [] },
 * });
 * verified.signer.kind; // "key"
 * ```
 */
export async function verifyImage(
  repository: ImageSource,
  digests: readonly Digest[],
  options: VerifyImageOptions,
): Promise<VerifiedImage> {
  const { fetchAndVerify } = await import("./fetch_and_verify.ts");
  return await fetchAndVerify(repository, digests, options);
}
