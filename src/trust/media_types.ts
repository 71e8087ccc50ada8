/**
 * Media types, tags and annotations under which signatures lie in a registry.
 *
 * @module
 */

import type { Digest } from "../oci/mod.ts";

/** Artifact and layer type of the new form (cosign, specs/BUNDLE_SPEC.md). */
export const BUNDLE_V03 = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** Layer type of the old form (cosign, specs/SIGNATURE_SPEC.md). */
export const SIMPLE_SIGNING =
  "application/vnd.dev.cosign.simplesigning.v1+json";
/** The DER signature in base64, on a layer of the old form. */
export const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";
/** The signing certificate, PEM, on a layer of the old form. */
export const CERTIFICATE_ANNOTATION = "dev.sigstore.cosign/certificate";
/** What the transparency log said, JSON, on a layer of the old form. */
export const LOG_ANNOTATION = "dev.sigstore.cosign/bundle";
/** What a bundle holds, on a manifest of the new form. */
export const CONTENT_ANNOTATION = "dev.sigstore.bundle.content";
/** What a bundle states, on a manifest of the new form. */
export const PREDICATE_ANNOTATION = "dev.sigstore.bundle.predicateType";

/** The tag of the old form (cosign, specs/SIGNATURE_SPEC.md, "Tag-based discovery"). */
export function signatureTag(digest: Digest): string {
  return `${digest.replace(":", "-")}.sig`;
}
