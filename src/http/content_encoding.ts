/**
 * Bodies that come packed although they were asked for as they are.
 *
 * @module
 */

import { tooLarge } from "./read_bounded.ts";
import { rebuildResponse } from "./rebuild_response.ts";

/** RFC 1952, section 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * Unpacks a body that a proxy packed on its way (RFC 9110, section 8.4.1.3).
 *
 * Only for documents: a blob is what its digest says, and storage services
 * name the packing of blobs that are packed themselves. A body that is not what
 * its `Content-Encoding` says stays as it is.
 *
 * @param response What was received.
 * @param bytes Its whole body.
 * @param maxBytes The most bytes that it may unpack to.
 * @throws {ForgeError} `TOO_LARGE`.
 */
export async function unpackBody(
  response: Response,
  bytes: Uint8Array<ArrayBuffer>,
  maxBytes: number,
): Promise<Response> {
  const encoding = response.headers.get("content-encoding")?.toLowerCase();
  const isPacked = (encoding === "gzip" || encoding === "x-gzip") &&
    GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
  if (!isPacked) return rebuildResponse(response, bytes);
  // Few registries do it, and Deno takes long to load this.
  const { gunzipSync } = await import("node:zlib");
  try {
    const unpacked = gunzipSync(bytes, { maxOutputLength: maxBytes });
    return rebuildResponse(response, new Uint8Array(unpacked));
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_BUFFER_TOO_LARGE") {
      return rebuildResponse(response, bytes);
    }
    throw tooLarge(response, maxBytes);
  }
}
