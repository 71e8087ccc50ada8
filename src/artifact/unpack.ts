/**
 * A layer without its compression.
 *
 * @module
 */

import { peek } from "./byte_stream.ts";
import { decompress } from "./decompress.ts";
import { type ContentKind, sniff, SNIFF_BYTES } from "./sniff.ts";

/** What is in a layer once it is unpacked. */
export interface UnpackedContent {
  /** What it is: a module, a tar, or something else. */
  readonly kind: ContentKind;
  /** Its bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Takes one compression away, if there is one.
 *
 * @param source The bytes of the layer, which must have been verified, and
 * whose size unpacked must be known to be bearable.
 * @throws {ForgeError} `ARTIFACT_UNSUPPORTED` when it is damaged, while
 * iterating.
 */
export async function unpackContent(
  source: AsyncIterable<Uint8Array>,
): Promise<UnpackedContent> {
  const outer = await peek(source, SNIFF_BYTES);
  const kind = sniff(outer.head);
  if (kind !== "gzip" && kind !== "zstd") return { kind, chunks: outer.chunks };
  const inner = await peek(decompress(outer.chunks, kind), SNIFF_BYTES);
  return { kind: sniff(inner.head), chunks: inner.chunks };
}
