/**
 * Where the files of a tar archive are, so that each can be read on its own.
 *
 * Libraries stream archives from start to end; an image is read in the order
 * of its manifests, which is another one.
 *
 * @module
 */

import type { Files } from "../platform/types.ts";
import { damagedArchive } from "./damaged_archive.ts";

/** A header, and the unit of everything (POSIX.1-2017, pax, "ustar Interchange Format"). */
const BLOCK_BYTES = 512;
/** Files that an archive may have; one of a thousand images has a few thousand. */
const MAX_FILES = 100_000;
/** Kinds of entries with a content of their own: files, by their old and their new letter. */
const FILE_TYPES = new Set(["0", "\0", "7"]);

/** A file within an archive. */
export interface TarFile {
  /** Where its content starts, in bytes. */
  readonly offset: number;
  /** Bytes that it has. */
  readonly size: number;
}

/**
 * Reads the headers of an archive.
 *
 * Names longer than 100 bytes are not understood, and not needed for layouts:
 * such files are left out.
 *
 * @throws {ForgeError} `ARCHIVE_INVALID` when it is no tar, or ends early.
 */
export async function indexTar(
  path: string,
  size: number,
  files: Pick<Files, "readChunks">,
): Promise<ReadonlyMap<string, TarFile>> {
  const found = new Map<string, TarFile>();
  let offset = 0;
  while (offset + BLOCK_BYTES <= size) {
    const header = await readRange(path, { offset, size: BLOCK_BYTES }, files);
    if (header.every((byte) => byte === 0)) return found;
    checkHeader(path, header);
    const contentSize = parseNumber(header.subarray(124, 136));
    const content = { offset: offset + BLOCK_BYTES, size: contentSize };
    const end = content.offset + contentSize;
    if (!Number.isSafeInteger(end) || end > size) {
      throw damagedArchive(path, "it ends in the middle of a file");
    }
    const type = String.fromCharCode(header[156] ?? 0);
    const name = text(header.subarray(0, 100)).replace(/^(?:\.\/)+/, "");
    if (FILE_TYPES.has(type)) found.set(name, content);
    if (found.size > MAX_FILES) throw damagedArchive(path, "it has no end");
    offset = Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw damagedArchive(path, "its end is missing");
}

/** Reads a part of a file as a whole. */
export async function readRange(
  path: string,
  range: TarFile,
  files: Pick<Files, "readChunks">,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(range.size);
  let filled = 0;
  for await (const chunk of streamRange(path, range, files)) {
    bytes.set(chunk, filled);
    filled += chunk.byteLength;
  }
  if (filled < range.size) throw damagedArchive(path, "it ends early");
  return bytes;
}

/** Reads a part of a file piece by piece. */
export async function* streamRange(
  path: string,
  { offset, size }: TarFile,
  files: Pick<Files, "readChunks">,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let left = size;
  if (left === 0) return;
  for await (const chunk of files.readChunks(path, { start: offset })) {
    const wanted = chunk.subarray(0, left);
    left -= wanted.byteLength;
    yield wanted;
    if (left === 0) return;
  }
}

/** The checksum counts its own field as blanks. */
function checkHeader(path: string, header: Uint8Array): void {
  let sum = 0;
  header.forEach((byte, at) => sum += at >= 148 && at < 156 ? 0x20 : byte);
  if (sum === parseNumber(header.subarray(148, 156))) return;
  throw damagedArchive(path, "it is no tar archive, or a compressed one");
}

/** Octal digits, or for large files base 256 (GNU tar). */
function parseNumber(field: Uint8Array): number {
  if ((field[0] ?? 0) < 0x80) {
    const digits = text(field).trim();
    return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : 0;
  }
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
