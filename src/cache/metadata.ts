/**
 * The `.metadata.json` beside each cached module, as the original server
 * writes it.
 *
 * @module
 */

/** What is known of a cached module. */
export interface CacheMetadata {
  /** Registry host, as in `forge.ron`. */
  readonly registry: string;
  /** Image path, as in `forge.ron`. */
  readonly image: string;
  /** Tag or whole digest, as in `forge.ron`. */
  readonly reference: string;
  /** Digest of the manifest that the reference named; `undefined` when not known. */
  readonly contentDigest?: string | undefined;
  /** When it was fetched, in milliseconds since the epoch. */
  readonly fetchedAtMs: number;
  /** Size of the module in bytes. */
  readonly sizeBytes: number;
  /** SHA-256 of the module, 64 lowercase hex digits. */
  readonly sha256: string;
  /** Digest of the layer that held the module; the original server ignores it. */
  readonly layerDigest?: string | undefined;
}

/** Bytes that a metadata file may have; real ones have about 500. */
export const MAX_METADATA_BYTES: number = 64 * 1024;

/**
 * Writes metadata as the original server does: its keys in its order, ours after.
 *
 * @returns JSON, pretty-printed.
 */
export function formatMetadata(metadata: CacheMetadata): string {
  const seconds = Math.floor(metadata.fetchedAtMs / 1000);
  const json = {
    registry: metadata.registry,
    image: metadata.image,
    reference: metadata.reference,
    content_digest: metadata.contentDigest ?? null,
    fetched_at: {
      secs_since_epoch: seconds,
      nanos_since_epoch: Math.round(metadata.fetchedAtMs - seconds * 1000) *
        1_000_000,
    },
    size_bytes: metadata.sizeBytes,
    sha256: metadata.sha256,
    ...(metadata.layerDigest === undefined
      ? {}
      : { layer_digest: metadata.layerDigest }),
  };
  return JSON.stringify(json, null, 2);
}

/**
 * Reads metadata; keys that are not known are ignored.
 *
 * @returns `undefined` when the text is not metadata: such an entry does not count.
 */
export function tryParseMetadata(text: string): CacheMetadata | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Damaged, or half-written by a program that is not atomic.
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const fields = json as Record<string, unknown>;
  const { registry, image, reference, sha256 } = fields;
  const sizeBytes = fields["size_bytes"];
  if (
    typeof registry !== "string" || typeof image !== "string" ||
    typeof reference !== "string" || typeof sha256 !== "string" ||
    !/^[0-9a-f]{64}$/.test(sha256) || typeof sizeBytes !== "number" ||
    !Number.isSafeInteger(sizeBytes) || sizeBytes < 0
  ) return undefined;
  return {
    registry,
    image,
    reference,
    contentDigest: optionalText(fields["content_digest"]),
    fetchedAtMs: parseTime(fields["fetched_at"]),
    sizeBytes,
    sha256,
    layerDigest: optionalText(fields["layer_digest"]),
  };
}

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A time that cannot be read is the epoch: it is for people, nothing depends on it. */
function parseTime(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const { secs_since_epoch: seconds, nanos_since_epoch: nanos } =
    value as Record<string, unknown>;
  if (typeof seconds !== "number") return 0;
  return seconds * 1000 +
    (typeof nanos === "number" ? Math.floor(nanos / 1_000_000) : 0);
}
