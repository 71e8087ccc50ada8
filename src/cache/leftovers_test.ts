import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { digestBytes, digestHex, parseDigest } from "../oci/mod.ts";
import { systemClock } from "../platform/clock.ts";
import { nodeFiles } from "../platform/node_files.ts";
import { MIN_RESUMABLE_BYTES } from "./partials.ts";
import { openCache } from "./store.ts";

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const BLOB = "a".repeat(64);
const KEY = "b".repeat(64);
const LARGE = new Uint8Array(MIN_RESUMABLE_BYTES);

/** What is left of `names` when somebody pulls so much later. */
async function leftAfter(
  ageMs: number,
  names: Readonly<Record<string, Uint8Array>>,
  { isCached = false } = {},
): Promise<string[]> {
  const directory = await Deno.makeTempDir();
  try {
    if (isCached) await putEntryOf(directory, BLOB);
    for (const [name, bytes] of Object.entries(names)) {
      await Deno.writeFile(join(directory, name), bytes);
    }
    const clock = { ...systemClock, now: () => Date.now() + ageMs };
    const cache = openCache(directory, { files: nodeFiles, clock });
    await (await cache.stage()).discard();
    return [...Deno.readDirSync(directory)].map(({ name }) => name)
      .filter((name) => name in names);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function putEntryOf(directory: string, layer: string): Promise<void> {
  const clock = systemClock;
  const cache = openCache(directory, { files: nodeFiles, clock });
  const staged = await cache.stage();
  await cache.commit(KEY, staged, {
    registry: "ghcr.io",
    image: "acme/notes",
    reference: "v1",
    fetchedAtMs: clock.now(),
    sizeBytes: 0,
    sha256: digestHex(await digestBytes(new Uint8Array())),
    layerDigest: parseDigest(`sha256:${layer}`),
  });
}

const USELESS = [
  ".forge-0a1b.tmp",
  ".forge-0a1b.partial",
  `.forge-${KEY}.lock`,
  `.forge-${KEY}-0a1b.stale`,
  // Too small to go on from.
  `.forge-${BLOB}-0a1b.partial`,
];

Deno.test("what nobody can use goes ten minutes after its last change", async () => {
  for (const name of USELESS) {
    const file = { [name]: new Uint8Array(1) };
    assertEquals(await leftAfter(9 * MINUTE_MS, file), [name]);
    assertEquals(await leftAfter(11 * MINUTE_MS, file), [], name);
  }
});

Deno.test("what a download can go on from stays for a day", async () => {
  const names = [BLOB, BLOB + BLOB].flatMap((sha256OrSha512) => [
    `.forge-${sha256OrSha512}-0a1b.partial`,
    `.forge-${sha256OrSha512}-0a1b-kept.partial`,
  ]);
  for (const name of names) {
    assertEquals(await leftAfter(DAY_MS - MINUTE_MS, { [name]: LARGE }), [
      name,
    ]);
    assertEquals(await leftAfter(DAY_MS + MINUTE_MS, { [name]: LARGE }), []);
  }
});

Deno.test("once the blob is in the cache, nobody goes on downloading it", async () => {
  const isCached = true;
  const partial = `.forge-${BLOB}-0a1b.partial`;
  const kept = `.forge-${BLOB}-0a1b-kept.partial`;
  const files = { [partial]: LARGE, [kept]: LARGE };
  // Another process may be writing to the one, and nobody to the other.
  assertEquals(await leftAfter(0, files, { isCached }), [partial]);
  assertEquals(await leftAfter(11 * MINUTE_MS, files, { isCached }), []);
});

Deno.test("files of others stay for ever", async () => {
  const names = [".forge-notes.txt", ".hidden", ".forge-0a1b.partial.bak"];
  const files = Object.fromEntries(names.map((name) => [name, LARGE]));
  const left = await leftAfter(365 * DAY_MS, files);
  assertEquals(left.sort(), names.sort());
});
