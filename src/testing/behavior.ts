/**
 * What registries are free to do differently, as switches.
 *
 * @module
 */

import { MAX_MANIFEST_BYTES } from "../oci/mod.ts";

/** Where real registries differ. What is left out follows the specification in full. */
export interface RegistryBehavior {
  /** The referrers API; without it clients fall back to a tag. */
  readonly referrers?: boolean;
  /** Deleting manifests, tags and blobs; 405 without. */
  readonly deletes?: boolean;
  /** Deleting a tag, not only a digest; 400 without. */
  readonly tagDeletes?: boolean;
  /** `POST` with a digest uploads at once; 202 without. */
  readonly singlePost?: boolean;
  /** Mounting a blob of another repository; 202 without. */
  readonly mounts?: boolean;
  /** `Range` on blobs; ignored without. */
  readonly ranges?: boolean;
  /** `Docker-Content-Digest` on replies. */
  readonly digestHeader?: boolean;
  /** `Location` and `Link` with scheme and host instead of a path. */
  readonly absoluteLocations?: boolean;
  /** A manifest must not name blobs that the repository does not have. */
  readonly requireBlobs?: boolean;
  /** A manifest is served only in a media type that `Accept` names. */
  readonly negotiate?: boolean;
  /** Blobs are served by a redirect to another origin, which refuses credentials as object stores do. */
  readonly redirectBlobs?: boolean;
  /** Uploads go to another origin, which refuses credentials as object stores do. */
  readonly uploadsElsewhere?: boolean;
  /** Tags on one page at most; no limit when absent. */
  readonly tagsPageSize?: number;
  /** Referrers on one page at most; no limit when absent. */
  readonly referrersPageSize?: number;
  /** Bytes of a manifest at most. */
  readonly maxManifestBytes?: number;
  /** Bytes of one `PATCH` at most; no limit when absent. */
  readonly maxChunkBytes?: number;
  /** Sent as `OCI-Chunk-Min-Length` when present; smaller chunks are then refused unless they are the last. */
  readonly minChunkBytes?: number;
}

/** A behavior with nothing left open. */
export interface CompleteBehavior extends
  Required<
    Omit<RegistryBehavior, "minChunkBytes">
  > {
  /** Sent as `OCI-Chunk-Min-Length` when present. */
  readonly minChunkBytes: number | undefined;
}

/** Everything that the specification allows is there. */
const FAITHFUL: CompleteBehavior = {
  referrers: true,
  deletes: true,
  tagDeletes: true,
  singlePost: true,
  mounts: true,
  ranges: true,
  digestHeader: true,
  absoluteLocations: false,
  requireBlobs: true,
  negotiate: false,
  redirectBlobs: false,
  uploadsElsewhere: false,
  tagsPageSize: Infinity,
  referrersPageSize: Infinity,
  maxManifestBytes: MAX_MANIFEST_BYTES,
  maxChunkBytes: Infinity,
  minChunkBytes: undefined,
};

/**
 * Like Docker Hub: blobs elsewhere, absolute locations, no referrers API, no
 * deleting through the protocol.
 */
export const HUB_LIKE: RegistryBehavior = {
  referrers: false,
  deletes: false,
  absoluteLocations: true,
  redirectBlobs: true,
  tagsPageSize: 100,
};

/** Like GHCR: no referrers API, chunks of 4 MiB at most, blobs elsewhere. */
export const GHCR_LIKE: RegistryBehavior = {
  referrers: false,
  deletes: false,
  redirectBlobs: true,
  maxChunkBytes: 4 * 1024 * 1024,
};

/** Fills in what was left out. */
export function completeBehavior(
  behavior: RegistryBehavior = {},
): CompleteBehavior {
  return { ...FAITHFUL, ...behavior };
}
