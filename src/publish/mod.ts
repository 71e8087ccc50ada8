/**
 * From a module to an image in a registry, and from one registry to another.
 *
 * Blobs go before the manifests that name them, so that whoever pulls finds
 * all or nothing.
 *
 * @module
 */

export {
  copyImage,
  type CopyImageOptions,
  type CopyOutcome,
  type CopySource,
} from "./copy_image.ts";
export { metadataAnnotations } from "./metadata.ts";
export {
  type PublishedModule,
  type PublishedTag,
  publishModule,
  type PublishModuleOptions,
  type TransferEvent,
} from "./publish_module.ts";
export {
  type SignedImage,
  signImage,
  type SignImageOptions,
} from "./sign_image.ts";
