/**
 * Signatures of images: what cosign and `forge sign` make, and whether
 * somebody who is trusted made it.
 *
 * Everything here takes bytes and gives an answer. It cannot reach a network
 * or a disk, and refuses whatever it cannot verify.
 *
 * @module
 */

export { MAX_BUNDLE_BYTES } from "./bundle.ts";
export {
  BUNDLE_V03,
  CERTIFICATE_ANNOTATION,
  CONTENT_ANNOTATION,
  LOG_ANNOTATION,
  PREDICATE_ANNOTATION,
  SIGNATURE_ANNOTATION,
  signatureTag,
  SIMPLE_SIGNING,
} from "./media_types.ts";
export { COSIGN_SIGN_PREDICATE } from "./statement.ts";
export { MAX_KEY_BYTES } from "./public_key.ts";
export type { Certificate, CertificateExtension } from "./certificate.ts";
export type { SignerIdentity } from "./certificate_use.ts";
export * from "./policy.ts";
export {
  type KeyAlgorithm,
  parsePublicKey,
  type PublicKey,
} from "./public_key.ts";
export { type ImageSignature, MAX_PAYLOAD_BYTES } from "./signature.ts";
export {
  type Authority,
  MAX_TRUSTED_ROOT_BYTES,
  parseTrustedRoot,
  type TrustedLog,
  type TrustedRoot,
  type ValidFor,
} from "./trusted_root.ts";
export {
  firstTrusted,
  type TrustedSignature,
  verifySignature,
} from "./first_trusted.ts";
export {
  MAX_SIGNATURES,
  type VerifiedSignature,
  verifySignatures,
  type VerifySignaturesOptions,
} from "./verify.ts";
export {
  checkManifestChain,
  contentMismatch,
  formatSignatureRecord,
  type ManifestChain,
  MAX_RECORD_BYTES,
  type ModuleWrapping,
  parseSignatureRecord,
  type SignatureRecord,
} from "./signature_record.ts";
export { signBundle, signSimple } from "./sign.ts";
export {
  generateKeyPair,
  type NewKeyPair,
  parseSigningKey,
  type ParseSigningKeyOptions,
  type SigningKey,
} from "./signing_key.ts";
