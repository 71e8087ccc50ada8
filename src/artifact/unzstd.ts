/**
 * zstd, in script: a third of the speed of the native library, at flat memory.
 *
 * @module
 */

import { damaged } from "./damaged.ts";
import { ZstdFrames } from "./zstd_frames.ts";

/**
 * Compressed bytes that are given to the package at a time. One call unpacks
 * all of them at once, and 4 bytes can unpack to 128 KiB: this bounds what a
 * call may hold at 32 MiB.
 */
const SLICE_BYTES = 1024;

/**
 * Unpacks zstd: any number of frames, with others to be skipped between them.
 *
 * @throws {ForgeError} `ARTIFACT_UNSUPPORTED` when the content is damaged, cut
 * short, or wants too large a window; errors of the source pass through.
 */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { Decompress } = await import("fzstd");
  const unpacked: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => {
    if (chunk.byteLength > 0) unpacked.push(chunk);
  });
  const frames = new ZstdFrames();
  const push = (bytes: Uint8Array) => {
    try {
      frames.push(bytes);
      decoder.push(bytes);
    } catch (error) {
      throw damaged("zstd", error);
    }
    return unpacked.splice(0);
  };
  for await (const chunk of source) {
    for (let i = 0; i < chunk.byteLength; i += SLICE_BYTES) {
      yield* push(chunk.subarray(i, i + SLICE_BYTES));
    }
  }
  if (!frames.isComplete) throw damaged("zstd", "it is cut short");
}
