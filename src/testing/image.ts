/**
 * Images put straight into the registry, without a request.
 *
 * @module
 */

import {
  type Descriptor,
  type Digest,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../oci/mod.ts";

/** What an image is put into. */
export interface ImageStore {
  /** Keeps a blob. */
  readonly putBlob: (bytes: Uint8Array) => Digest;
  /** Keeps a manifest. */
  readonly putManifest: (
    repository: string,
    reference: string,
    content: Uint8Array | string | object,
    mediaType?: string,
  ) => Digest;
}

/** A blob of an image before it has a digest. */
export interface BlobContent {
  /** What it is. */
  readonly mediaType: string;
  /** Its bytes; anything else is written as JSON. */
  readonly content: Uint8Array | object;
  /** What people and tools say of it. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether the descriptor carries the bytes too. */
  readonly inline?: boolean;
}

/** An image to put into a registry. */
export interface ImageContent {
  /** OCI unless told otherwise. */
  readonly format?: "oci" | "docker";
  /** The kind of artifact. */
  readonly artifactType?: string;
  /** The config; the empty one when absent. */
  readonly config?: BlobContent;
  /** The layers in their order. */
  readonly layers: readonly BlobContent[];
  /** The manifest that this one is about. */
  readonly subject?: Descriptor;
  /** What people and tools say of it. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image that is in the registry. */
export interface StoredImage {
  /** The manifest, as an index would name it. */
  readonly manifest: Descriptor;
  /** The config. */
  readonly config: Descriptor;
  /** The layers in their order. */
  readonly layers: readonly Descriptor[];
}

/** The config of an artifact that has none (image-spec, "Guidance for an Empty Descriptor"). */
const EMPTY_CONFIG: BlobContent = {
  mediaType: OCI_EMPTY,
  content: {},
  inline: true,
};

/**
 * Puts an image into a registry.
 *
 * @param store Where to.
 * @param place Repository, and the tag under which it is found; by digest only without.
 * @param image What.
 */
export function putImage(
  store: ImageStore,
  place: { readonly repository: string; readonly tag?: string | undefined },
  image: ImageContent,
): StoredImage {
  const config = putBlobSource(store, image.config ?? EMPTY_CONFIG);
  const layers = image.layers.map((layer) => putBlobSource(store, layer));
  const mediaType = image.format === "docker" ? DOCKER_MANIFEST : OCI_MANIFEST;
  const { artifactType, subject, annotations } = image;
  const bytes = toJsonBytes({
    schemaVersion: 2,
    mediaType,
    ...(artifactType === undefined ? {} : { artifactType }),
    config,
    layers,
    ...(subject === undefined ? {} : { subject }),
    ...(annotations === undefined ? {} : { annotations }),
  });
  const manifest = putDocument(store, place, { bytes, mediaType });
  return { manifest, config, layers };
}

/**
 * Puts an index into a registry.
 *
 * @param store Where to.
 * @param place Repository, and the tag under which it is found; by digest only without.
 * @param index Its entries, in their order.
 */
export function putIndex(
  store: ImageStore,
  place: { readonly repository: string; readonly tag?: string | undefined },
  index: {
    readonly format?: "oci" | "docker";
    readonly manifests: readonly Descriptor[];
  },
): Descriptor {
  const mediaType = index.format === "docker"
    ? DOCKER_MANIFEST_LIST
    : OCI_INDEX;
  const { manifests } = index;
  const bytes = toJsonBytes({ schemaVersion: 2, mediaType, manifests });
  return putDocument(store, place, { bytes, mediaType });
}

/** JSON as bytes; bytes as they are. */
export function toJsonBytes(
  content: Uint8Array | string | object,
): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(
    typeof content === "string" ? content : JSON.stringify(content),
  );
}

function putBlobSource(store: ImageStore, source: BlobContent): Descriptor {
  const bytes = toJsonBytes(source.content);
  const { mediaType, annotations } = source;
  return {
    mediaType,
    digest: store.putBlob(bytes),
    size: bytes.byteLength,
    ...(annotations === undefined ? {} : { annotations }),
    ...(source.inline === true ? { data: toBase64(bytes) } : {}),
  };
}

function putDocument(
  store: ImageStore,
  place: { readonly repository: string; readonly tag?: string | undefined },
  document: { readonly bytes: Uint8Array; readonly mediaType: string },
): Descriptor {
  const { bytes, mediaType } = document;
  const digest = store.putManifest(
    place.repository,
    place.tag ?? "",
    bytes,
    mediaType,
  );
  return { mediaType, digest, size: bytes.byteLength };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
