/**
 * Whether an image was signed by somebody who is trusted. What finds out is
 * loaded when there is something to verify.
 *
 * @module
 */

import type { Digest } from "../oci/mod.ts";
import type { TrustPolicy } from "./policy.ts";
import type { ImageSignature } from "./signature.ts";

/** What the signature of an image has to hold against. */
export interface VerifySignaturesOptions {
  /** Digests of which one must be signed: of the index, of the manifest. */
  readonly subjects: readonly Digest[];
  /** Who may have signed. */
  readonly policy: TrustPolicy;
}

/** A signature that was verified. */
export interface VerifiedSignature {
  /** Which of cosign's forms it has. */
  readonly form: ImageSignature["form"];
  /** The digest that was signed. */
  readonly subject: Digest;
  /** Who signed: the name of a key, or an identity and who vouches for it. */
  readonly signer:
    | {
      readonly kind: "key";
      readonly name: string;
      readonly fingerprint: string;
    }
    | {
      readonly kind: "identity";
      readonly identity: string;
      readonly issuer: string;
    };
  /** When, in milliseconds since the epoch; absent where nothing that is trusted says so. */
  readonly signedAtMs?: number | undefined;
}

/** Signatures that are looked at; an image that is signed with every release of its base may have dozens. */
export const MAX_SIGNATURES = 64;

/**
 * Verifies the signatures of an image: one that holds is enough.
 *
 * @param signatures What lies beside the image, not believed.
 * @param options The digests and the policy.
 * @returns The first that holds.
 * @throws {ForgeError} `SIGNATURE_MISSING` when there are none; otherwise the
 * refusal that says most, with the others in its message.
 *
 * @example
 * ```ts
 * import { generateKeyPair, parsePublicKey, verifySignatures } from "@forgepoint/forge";
 * import { parseDigest } from "@forgepoint/forge/oci";
 *
 * const { publicPem } = await generateKeyPair("");
 * const key = await parsePublicKey(publicPem, "forge.pub");
 * await verifySignatures([], {
 *   subjects: [parseDigest(`sha256:${"0".repeat(64)}`)],
 *   policy: { keys: [key], identities: [] },
 * }).catch((error) => error.code); // "SIGNATURE_MISSING"
 * ```
 */
export async function verifySignatures(
  signatures: readonly ImageSignature[],
  options: VerifySignaturesOptions,
): Promise<VerifiedSignature> {
  const { firstTrusted } = await import("./first_trusted.ts");
  return (await firstTrusted(signatures, options)).verified;
}
