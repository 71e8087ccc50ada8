/**
 * Entries of a cache directory: where their files are, and whether they are
 * sound.
 *
 * @module
 */

import { join } from "../path.ts";
import { type Digest, Digester, digestHex } from "../oci/mod.ts";
import type { Files } from "../platform/types.ts";
import type { CacheEntry, CacheLookup } from "./cache.ts";
import { errorCode } from "./file_failure.ts";
import { MAX_METADATA_BYTES, tryParseMetadata } from "./metadata.ts";

const WASM_SUFFIX = ".wasm";
const METADATA_SUFFIX = ".metadata.json";
const SIGNATURES_SUFFIX = ".signatures.json";

/** The files of one entry. */
export interface EntryPaths {
  /** The module. */
  readonly wasm: string;
  /** What is known of it. */
  readonly metadata: string;
  /** Its signatures, where some are kept. */
  readonly signatures: string;
}

/** Where the files of an entry are, whether they exist or not. */
export function entryPaths(directory: string, key: string): EntryPaths {
  return {
    wasm: join(directory, key + WASM_SUFFIX),
    metadata: join(directory, key + METADATA_SUFFIX),
    signatures: join(directory, key + SIGNATURES_SUFFIX),
  };
}

/**
 * Looks for an entry, once.
 *
 * @param verify Whether the hash of the module is compared, too.
 */
export async function lookUp(
  directory: string,
  key: string,
  { files, verify }: { readonly files: Files; readonly verify: boolean },
): Promise<CacheLookup> {
  const entry = await readEntry(directory, key, files);
  if (entry === undefined) return { kind: "miss" };
  const stat = await files.stat(entry.path);
  if (stat?.kind !== "file") return { kind: "miss" };
  const { sizeBytes, sha256 } = entry.metadata;
  if (stat.size !== sizeBytes) {
    const reason = `expected ${sizeBytes} bytes, found ${stat.size}`;
    return { kind: "damaged", key, reason };
  }
  if (verify) {
    const digest = await hashFile(files, entry.path, sizeBytes);
    if (digestHex(digest) !== sha256) {
      const reason = `expected sha256 ${sha256}, found ${digestHex(digest)}`;
      return { kind: "damaged", key, reason };
    }
  }
  return { kind: "hit", entry };
}

/** All entries that have both files, by key. */
export async function listEntries(
  directory: string,
  files: Files,
): Promise<readonly CacheEntry[]> {
  const names = await files.list(directory) ?? [];
  const present = new Set(names);
  const keys = names
    .filter((name) => /^[0-9a-f]{64}\.metadata\.json$/.test(name))
    .map((name) => name.slice(0, 64))
    .filter((key) => present.has(key + WASM_SUFFIX))
    .sort();
  const entries = await Promise.all(
    keys.map((key) => readEntry(directory, key, files)),
  );
  return entries.filter((entry) => entry !== undefined);
}

/** What was kept of an entry's signatures, if it is not more than `maxBytes`. */
export async function readSignatures(
  path: string,
  { files, maxBytes }: { readonly files: Files; readonly maxBytes: number },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stat = await files.stat(path);
  if (stat?.kind !== "file" || stat.size > maxBytes) return undefined;
  return await readIfThere(path, files);
}

async function readEntry(
  directory: string,
  key: string,
  files: Files,
): Promise<CacheEntry | undefined> {
  const { wasm, metadata } = entryPaths(directory, key);
  const stat = await files.stat(metadata);
  if (stat?.kind !== "file" || stat.size > MAX_METADATA_BYTES) return undefined;
  const bytes = await readIfThere(metadata, files);
  const parsed = bytes && tryParseMetadata(new TextDecoder().decode(bytes));
  return parsed && { key, path: wasm, metadata: parsed };
}

/** Another process may take a file away after it was seen. */
async function readIfThere(
  path: string,
  files: Files,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The SHA-256 of a file that has about so many bytes, read piece by piece. */
async function hashFile(
  files: Files,
  path: string,
  expected: number,
): Promise<Digest> {
  const digester = new Digester();
  const options = { reuse: true, expected };
  for await (const chunk of files.readChunks(path, options)) {
    digester.update(chunk);
  }
  return digester.digest();
}
