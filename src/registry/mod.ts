/**
 * One repository of one registry: resolve, manifests, blobs, tags, referrers,
 * uploads; and who we are to it.
 *
 * It fetches and checks what it can check; it does not decide what to do with
 * the content, and never touches a disk.
 *
 * @module
 */

export type { FetchBlobOptions, FetchedBlob } from "./blobs.ts";
export { type Challenge, parseChallenges } from "./challenge.ts";
export * from "./client.ts";
export * from "./credential_chain.ts";
export type {
  CredentialHelperOutput,
  CredentialHelperRunner,
} from "./credential_helper.ts";
export * from "./credentials.ts";
export * from "./login_file.ts";
export * from "./download.ts";
export {
  type OciError,
  RegistryError,
  type RegistryErrorOptions,
} from "./errors.ts";
export * from "./environment_credentials.ts";
export type * from "./events.ts";
export * from "./login_paths.ts";
export type { FetchedManifest } from "./manifests.ts";
export type {
  BlobSource,
  PushBlobOptions,
  PushBlobOutcome,
} from "./push_blob.ts";
export {
  type ListReferrersOptions,
  referrersTag,
  referrersTagSubject,
} from "./referrers.ts";
export type { SignalOptions } from "./repository.ts";
export type { RegistrySettings } from "./settings.ts";
export type { ListTagsOptions, TagList } from "./tags.ts";
