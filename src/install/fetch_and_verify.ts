/**
 * Fetching the signatures of an image until one holds.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import type { Digest } from "../oci/mod.ts";
import type { ImageSource } from "../registry/mod.ts";
import {
  firstTrusted,
  type ImageSignature,
  type TrustPolicy,
} from "../trust/mod.ts";
import { fetchSignatures } from "./fetch_signatures.ts";
import type { VerifiedImage, VerifyImageOptions } from "./signed_image.ts";

/** Signatures that are kept with an entry: others may be trusted tomorrow. */
const MAX_KEPT = 16;

/** Bytes of them; the record has other parts as well. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** Fetches signatures until one of them holds. */
export async function fetchAndVerify(
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
