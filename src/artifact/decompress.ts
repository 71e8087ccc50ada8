/**
 * gzip and zstd, as streams, the same on every runtime.
 *
 * `node:zlib` reads gzip of several members and with zeros behind it, which
 * `DecompressionStream` does not. Its zstd is missing on older versions of Node
 * and stops at the end of the first frame on Deno, where real layers have
 * many (zstd:chunked), so that a package does that work everywhere.
 *
 * @module
 */

import { Watched } from "./byte_stream.ts";
import { damaged } from "./damaged.ts";
import { unzstd } from "./unzstd.ts";

/** Size of the chunks that come out; larger ones save calls, and memory stays small. */
const CHUNK_BYTES = 128 * 1024;

/**
 * Unpacks compressed content as it streams by.
 *
 * @param source What is compressed.
 * @param format With what.
 * @throws {ForgeError} `ARTIFACT_UNSUPPORTED` when the content is damaged or
 * cut short, while iterating; errors of the source pass through.
 */
export function decompress(
  source: AsyncIterable<Uint8Array>,
  format: "gzip" | "zstd",
): AsyncGenerator<Uint8Array, void, undefined> {
  return format === "gzip" ? gunzip(source) : unzstd(source);
}

async function* gunzip(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [{ pipeline, Readable }, zlib] = await Promise.all([
    import("node:stream"),
    import("node:zlib"),
  ]);
  const input = new Watched(source);
  const transform = zlib.createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of either side destroys the other, so that the loop below throws it.
  pipeline(Readable.from(input, { objectMode: false }), transform, () => {});
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } catch (error) {
    if (input.failure !== undefined) throw input.failure.error;
    throw damaged("gzip", error);
  } finally {
    transform.destroy();
  }
}
