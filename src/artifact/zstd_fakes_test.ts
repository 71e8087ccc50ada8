/**
 * Zstandard for tests on every runtime: Node has a compressor from 22.15 on.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as zlib from "node:zlib";

/** The most that a block may hold (RFC 8878, section 3.1.1.2.4). */
const MAX_BLOCK_BYTES = 128 * 1024;

/** Compresses into one frame, or stores where the runtime cannot compress. */
export function compressZstd(
  bytes: Uint8Array,
  level: number = 3,
): Uint8Array {
  const compress: typeof zlib.zstdCompressSync | undefined =
    zlib.zstdCompressSync;
  if (compress === undefined) return storeZstd(bytes);
  const { ZSTD_c_compressionLevel } = zlib.constants;
  return compress(bytes, { params: { [ZSTD_c_compressionLevel]: level } });
}

/** A frame of raw blocks (RFC 8878, section 3.1.1). */
function storeZstd(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.byteLength / MAX_BLOCK_BYTES));
  const frame = new Uint8Array(9 + 3 * blocks + bytes.byteLength);
  const view = new DataView(frame.buffer);
  // Magic number; a single segment whose size has four bytes.
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0xa0]);
  view.setUint32(5, bytes.byteLength, true);
  let at = 9;
  for (let i = 0; i < blocks; i++) {
    const start = i * MAX_BLOCK_BYTES;
    const block = bytes.subarray(start, start + MAX_BLOCK_BYTES);
    const header = (block.byteLength << 3) | (i === blocks - 1 ? 1 : 0);
    frame.set([header & 0xff, header >> 8 & 0xff, header >> 16], at);
    frame.set(block, at + 3);
    at += 3 + block.byteLength;
  }
  return frame;
}

Deno.test("what the tests store as zstd is zstd", () => {
  const decompress: typeof zlib.zstdDecompressSync | undefined =
    zlib.zstdDecompressSync;
  for (const size of [0, 1, 128 * 1024, 128 * 1024 + 1, 300_000]) {
    const bytes = new Uint8Array(size).map((_, i) => i * 7);
    const stored = storeZstd(bytes);
    assertEquals(stored.byteLength > size, true);
    if (decompress === undefined) continue;
    assertEquals(new Uint8Array(decompress(stored)), bytes);
  }
});
