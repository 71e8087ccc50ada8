/** A cache with one entry at most, for the tests beside this. */

import { join } from "@std/path";
import { digestBytes, digestHex } from "../oci/mod.ts";
import { systemClock } from "../platform/clock.ts";
import { nodeFiles } from "../platform/node_files.ts";
import type { Files } from "../platform/types.ts";
import type { Cache } from "./cache.ts";
import { cacheKey } from "./key.ts";
import type { CacheMetadata } from "./metadata.ts";
import { openCache } from "./store.ts";

const PARTS = { registry: "ghcr.io", image: "acme/notes", reference: "v1" };
/** Of the one entry that there is. */
export const KEY = cacheKey(PARTS);
/** What it holds at first, and later. */
export const OLD = new TextEncoder().encode("old module");
export const NEW = new TextEncoder().encode("the new module");

/** What is known of a module. */
export async function describe(bytes: Uint8Array<ArrayBuffer>) {
  return {
    ...PARTS,
    contentDigest: `sha256:${"1".repeat(64)}`,
    fetchedAtMs: 1_700_000_000_123,
    sizeBytes: bytes.byteLength,
    sha256: digestHex(await digestBytes(bytes)),
  } satisfies CacheMetadata;
}

/** Makes a module the entry. */
export async function put(
  cache: Cache,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const staged = await cache.stage();
  await staged.write(bytes);
  await cache.commit(KEY, staged, await describe(bytes));
}

/** The cache of a directory. */
export function open(directory: string, files: Files = nodeFiles): Cache {
  return openCache(directory, { files, clock: systemClock });
}

/** Runs a test with the path of a cache that does not exist yet. */
export async function inTemporaryDirectory(
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(join(directory, "cache"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
