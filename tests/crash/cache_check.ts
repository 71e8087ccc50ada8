/**
 * What may lie in a cache directory after anything at all has happened to it.
 *
 * @module
 */

import { join } from "@std/path";
import { digestBytes, digestHex } from "../../src/oci/mod.ts";

/** What a cache directory holds. */
export interface CacheContents {
  /** Names of entries that are whole and right. */
  readonly entries: readonly string[];
  /** Modules whose metadata is gone: no entry, and replaced by the next pull. */
  readonly halves: readonly string[];
  /** Names of temporary files of every kind. */
  readonly temporaries: readonly string[];
  /** What must never be. */
  readonly problems: readonly string[];
}

const ENTRY_FILE = /^([0-9a-f]{64})\.(wasm|metadata\.json)$/;
const TEMPORARY = /^\.forge-[0-9a-z-]+\.(tmp|partial|lock|stale)$/;

/**
 * Looks at every file, with eyes of its own: the library is what is tested.
 *
 * @param directory The cache.
 * @param expected SHA-256 of the module of each image, in hex.
 */
export async function checkCache(
  directory: string,
  expected: ReadonlyMap<string, string>,
): Promise<CacheContents> {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  const keysOf = (kind: string) =>
    names.filter((name) => ENTRY_FILE.exec(name)?.[2] === kind)
      .map((name) => name.slice(0, 64));
  const metadata = keysOf("metadata.json");
  const modules = keysOf("wasm");
  const entries = metadata.filter((key) => modules.includes(key));
  const problems = names
    .filter((name) => !ENTRY_FILE.test(name) && !TEMPORARY.test(name))
    .map((name) => `${name}: nobody knows it`);
  for (const key of metadata.filter((key) => !modules.includes(key))) {
    problems.push(`${key}: metadata without a module`);
  }
  for (const key of entries) {
    const problem = await checkEntry(join(directory, key), expected);
    if (problem !== undefined) problems.push(`${key}: ${problem}`);
  }
  return {
    entries,
    halves: modules.filter((key) => !metadata.includes(key)),
    temporaries: names.filter((name) => TEMPORARY.test(name)),
    problems,
  };
}

async function checkEntry(
  path: string,
  expected: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const metadata = JSON.parse(await Deno.readTextFile(`${path}.metadata.json`));
  const bytes = await Deno.readFile(`${path}.wasm`);
  const sha256 = digestHex(await digestBytes(bytes));
  if (bytes.byteLength !== metadata.size_bytes) {
    return `${metadata.size_bytes} bytes expected, ${bytes.byteLength} found`;
  }
  if (sha256 !== metadata.sha256) return `not the bytes of its metadata`;
  return sha256 === expected.get(metadata.image)
    ? undefined
    : `not the bytes that were published as ${metadata.image}`;
}

/** Lets all temporaries be as old as if their processes had died long ago. */
export async function ageTemporaries(
  directory: string,
  ageMs: number,
): Promise<void> {
  const then = new Date(Date.now() - ageMs);
  for (const { name } of [...Deno.readDirSync(directory)]) {
    if (TEMPORARY.test(name)) {
      await Deno.utime(join(directory, name), then, then);
    }
  }
}
