/**
 * Where the module is inside of an image, and the reverse for publishing.
 *
 * Nothing here reaches a network or a disk: manifests come in as data, layers
 * as streams of bytes that have been verified.
 *
 * @module
 */

export {
  type Artifact,
  type ArtifactBlob,
  buildArtifact,
  type BuildArtifactOptions,
} from "./build.ts";
export {
  chooseLayers,
  type LayerCandidate,
  noModuleFound,
  TITLE_ANNOTATION,
} from "./choose_layers.ts";
export {
  chooseManifest,
  type ChooseManifestOptions,
  MAX_INDEX_DEPTH,
} from "./choose_manifest.ts";
export {
  type ExtractedModule,
  type Extraction,
  extractModule,
  type ExtractModuleOptions,
  MAX_UNPACKED_BYTES,
  type ModuleSink,
} from "./extract.ts";
export { type ContentKind, sniff, SNIFF_BYTES } from "./sniff.ts";
export { unpackContent, type UnpackedContent } from "./unpack.ts";
