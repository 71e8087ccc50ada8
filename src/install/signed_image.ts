/**
 * Whether an image in a registry is signed by somebody who is trusted, found
 * out before any of its content is fetched.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Digest } from "../oci/mod.ts";
import type { ImageSource, SignalOptions } from "../registry/mod.ts";
import {
  firstTrusted,
  type ImageSignature,
  type TrustPolicy,
  type VerifiedSignature,
} from "../trust/mod.ts";
import { fetchSignatures } from "./fetch_signatures.ts";

/** Signatures that are kept with an entry: others may be trusted tomorrow. */
const MAX_KEPT = 16;
/** Bytes of them; the record has other parts as well. */
const MAX_KEPT_BYTES = 1024 * 1024;

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
  const { policy, signal } = options;
  const found: ImageSignature[] = [];
  const problems: ForgeError[] = [];
  for (const digest of digests) {
    for await (const group of fetchSignatures(repository, digest, { signal })) {
      problems.push(...group.problems);
      found.push(...group.signatures);
      if (group.signatures.length === 0) continue;
      const accepted = await tryAccept(group.signatures, digests, policy);
      if (accepted !== undefined) {
        return {
          verified: accepted.verified,
          signatures: kept(accepted.signature, found),
        };
      }
    }
  }
  const [problem] = problems;
  if (found.length === 0 && problem !== undefined) throw problem;
  const { signature, verified } = await firstTrusted(found, {
    subjects: digests,
    policy,
  });
  return { verified, signatures: kept(signature, found) };
}

async function tryAccept(
  signatures: readonly ImageSignature[],
  subjects: readonly Digest[],
  policy: TrustPolicy,
) {
  try {
    return await firstTrusted(signatures, { subjects, policy });
  } catch (error) {
    // Others may follow; when none does, all are judged together.
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

function kept(
  accepted: ImageSignature,
  found: readonly ImageSignature[],
): readonly ImageSignature[] {
  const chosen = [accepted];
  let left = MAX_KEPT_BYTES - sizeOf(accepted);
  for (const each of found) {
    if (each === accepted || chosen.length === MAX_KEPT) continue;
    if (sizeOf(each) > left) continue;
    left -= sizeOf(each);
    chosen.push(each);
  }
  return chosen;
}

function sizeOf(signature: ImageSignature): number {
  if (signature.form === "bundle") return signature.bundle.byteLength;
  const { payload, certificate = "", logEntry = "" } = signature;
  return payload.byteLength + certificate.length + logEntry.length;
}
