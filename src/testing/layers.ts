/**
 * Layers as the tools of the trade make them: tar, compressed or not.
 *
 * The same input gives the same bytes: there are no times in it.
 *
 * @module
 */

import * as zlib from "node:zlib";
import { packTar } from "modern-tar";
import { ForgeError } from "../errors.ts";
import type { Digest } from "../oci/mod.ts";
import { digestOf, joinBytes } from "./store.ts";

/** A file in a layer. */
export interface LayerFile {
  /** Path inside the layer, without a leading slash. */
  readonly path: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/** Two zero blocks end a tar (POSIX.1-2017, pax, "ustar Interchange Format"). */
const TAR_END_BYTES = 1024;

/**
 * Packs files into a tar.
 *
 * @param files The files, in the order of the archive.
 */
export function tarLayer(files: readonly LayerFile[]): Promise<Uint8Array> {
  return packTar(files.map(({ path, bytes }) => ({
    header: {
      name: path,
      size: bytes.byteLength,
      type: "file",
      mode: 0o644,
      mtime: new Date(0),
    },
    body: bytes,
  })));
}

/** Compresses with gzip. */
export function gzipBytes(bytes: Uint8Array): Uint8Array {
  return toPlain(zlib.gzipSync(bytes));
}

/**
 * Compresses with zstd.
 *
 * @throws {ForgeError} `ARTIFACT_UNSUPPORTED` where the runtime has no zstd.
 */
export function zstdBytes(bytes: Uint8Array): Uint8Array {
  // Node has it from 22.15 on; the type says always, and an import by name
  // would fail to load where it is not there.
  const compress: typeof zlib.zstdCompressSync | undefined =
    zlib.zstdCompressSync;
  if (compress !== undefined) return toPlain(compress(bytes));
  throw new ForgeError(
    "ARTIFACT_UNSUPPORTED",
    "Cannot write a zstd layer: this runtime has no zstd compression",
    { hint: "Use Deno, or Node 22.15 and later" },
  );
}

/**
 * Packs files into an eStargz layer: a tar whose entries are gzip members of
 * their own, a table of contents, and a footer that says where it is.
 *
 * @param files The files, in the order of the archive.
 * @returns The layer, and the digest of the tar in it.
 */
export async function estargzLayer(
  files: readonly LayerFile[],
): Promise<{ readonly bytes: Uint8Array; readonly diffId: Digest }> {
  const tars: Uint8Array[] = [];
  const members: Uint8Array[] = [];
  const entries: object[] = [];
  let offset = 0;
  for (const file of [NO_PREFETCH, ...files]) {
    const tar = await openTar([file]);
    const member = gzipBytes(tar);
    tars.push(tar);
    entries.push({
      name: file.path,
      type: "reg",
      size: file.bytes.byteLength,
      offset,
      digest: digestOf(file.bytes),
    });
    members.push(member);
    offset += member.byteLength;
  }
  const toc = new TextEncoder().encode(JSON.stringify({ version: 1, entries }));
  const table = await tarLayer([{ path: "stargz.index.json", bytes: toc }]);
  return {
    bytes: joinBytes([...members, gzipBytes(table), estargzFooter(offset)]),
    diffId: digestOf(joinBytes([...tars, table])),
  };
}

/** stargz-snapshotter, "eStargz: Standard-Compatible Extension", landmark file. */
const NO_PREFETCH: LayerFile = {
  path: ".no.prefetch.landmark",
  bytes: Uint8Array.of(0xf),
};

/** A tar that another one can follow. */
async function openTar(files: readonly LayerFile[]): Promise<Uint8Array> {
  return (await tarLayer(files)).subarray(0, -TAR_END_BYTES);
}

/** An empty gzip member whose extra field has the offset (eStargz, "Footer"). */
function estargzFooter(tocOffset: number): Uint8Array {
  const text = `${tocOffset.toString(16).padStart(16, "0")}STARGZ`;
  return joinBytes([
    Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff),
    Uint8Array.of(4 + text.length, 0, 0x53, 0x47, text.length, 0),
    new TextEncoder().encode(text),
    Uint8Array.of(1, 0, 0, 0xff, 0xff),
    new Uint8Array(8),
  ]);
}

/** A Buffer is a Uint8Array, but does not compare equal to one. */
function toPlain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
