/**
 * What bytes are, from how they begin.
 *
 * @module
 */

/** What {@linkcode sniff} can tell apart. */
export type ContentKind = "wasm" | "gzip" | "zstd" | "tar" | "unknown";

/** Bytes that {@linkcode sniff} looks at: the header of a tar is the longest. */
export const SNIFF_BYTES = 512;

const MAGIC: readonly (readonly [ContentKind, readonly number[]])[] = [
  ["wasm", [0x00, 0x61, 0x73, 0x6d]],
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];

/** Where a tar header keeps its checksum (POSIX pax, "ustar Interchange Format"). */
const CHECKSUM = { offset: 148, length: 8 } as const;

/**
 * Tells what content is.
 *
 * @param head Its first {@linkcode SNIFF_BYTES} bytes, or all if it is shorter.
 *
 * @example
 * ```ts ignore
 * sniff(new Uint8Array([0x1f, 0x8b, 8])); // "gzip"
 * ```
 */
export function sniff(head: Uint8Array): ContentKind {
  for (const [kind, magic] of MAGIC) {
    if (magic.every((byte, i) => head[i] === byte)) return kind;
  }
  if (isSkippableFrame(head)) return "zstd";
  return isTarHeader(head) ? "tar" : "unknown";
}

/** zstd may begin with frames for other readers, `5x 2a 4d 18` (RFC 8878, 3.1.2). */
function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a &&
    head[2] === 0x4d && head[3] === 0x18;
}

/** A tar header sums up to what it says; two blocks of zeros are an empty tar. */
function isTarHeader(head: Uint8Array): boolean {
  if (head.byteLength < SNIFF_BYTES) return false;
  const block = head.subarray(0, SNIFF_BYTES);
  if (block.every((byte) => byte === 0)) return true;
  const end = CHECKSUM.offset + CHECKSUM.length;
  const written = new TextDecoder("latin1").decode(
    block.subarray(CHECKSUM.offset, end),
  );
  const digits = /^ *([0-7]+)[ \0]/.exec(`${written}\0`)?.[1];
  if (digits === undefined) return false;
  let unsigned = 0;
  let signed = 0;
  for (const [i, byte] of block.entries()) {
    const counted = i >= CHECKSUM.offset && i < end ? 0x20 : byte;
    unsigned += counted;
    // Old tars summed up signed bytes.
    signed += counted << 24 >> 24;
  }
  const sum = parseInt(digits, 8);
  return sum === unsigned || sum === signed;
}
