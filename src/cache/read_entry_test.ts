import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { digestBytes, digestHex } from "../oci/mod.ts";
import { nodeFiles } from "../platform/node_files.ts";
import { inTemporaryDirectory, KEY, OLD, open, put } from "./scene_test.ts";

Deno.test("an entry is two files that the original server understands", async () => {
  await inTemporaryDirectory(async (directory) => {
    await put(open(directory), OLD);
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assertEquals(names.sort(), [`${KEY}.metadata.json`, `${KEY}.wasm`]);
    assertEquals(
      await Deno.readTextFile(join(directory, `${KEY}.metadata.json`)),
      `{
  "registry": "ghcr.io",
  "image": "acme/notes",
  "reference": "v1",
  "content_digest": "sha256:${"1".repeat(64)}",
  "fetched_at": {
    "secs_since_epoch": 1700000000,
    "nanos_since_epoch": 123000000
  },
  "size_bytes": 10,
  "sha256": "${digestHex(await digestBytes(OLD))}"
}`,
    );
  });
});

Deno.test("an entry that the original server wrote is a hit", async () => {
  await inTemporaryDirectory(async (directory) => {
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeFile(join(directory, `${KEY}.wasm`), OLD);
    const metadata = {
      registry: "ghcr.io",
      image: "acme/notes",
      reference: "v1",
      content_digest: null,
      fetched_at: { secs_since_epoch: 1, nanos_since_epoch: 2 },
      size_bytes: OLD.byteLength,
      sha256: digestHex(await digestBytes(OLD)),
      unknown_key: true,
    };
    await Deno.writeTextFile(
      join(directory, `${KEY}.metadata.json`),
      JSON.stringify(metadata),
    );
    const found = await open(directory).get(KEY, { verify: true });
    assert(found.kind === "hit");
    assertEquals(found.entry.metadata.sizeBytes, OLD.byteLength);
  });
});

Deno.test("a look into a cache that does not exist is a miss and creates nothing", async () => {
  await inTemporaryDirectory(async (directory) => {
    const cache = open(directory);
    assertEquals(await cache.get(KEY, { verify: true }), { kind: "miss" });
    assertEquals(await cache.list(), []);
    assertEquals(await nodeFiles.stat(directory), undefined);
  });
});

Deno.test("half an entry is a miss", async () => {
  for (const lost of [".wasm", ".metadata.json"]) {
    await inTemporaryDirectory(async (directory) => {
      const cache = open(directory);
      await put(cache, OLD);
      await Deno.remove(join(directory, KEY + lost));
      assertEquals(await cache.get(KEY, { verify: true }), { kind: "miss" });
      assertEquals(await cache.list(), []);
    });
  }
});

Deno.test("a flipped byte is found when verifying and not looked for otherwise", async () => {
  await inTemporaryDirectory(async (directory) => {
    const cache = open(directory);
    await put(cache, OLD);
    const path = join(directory, `${KEY}.wasm`);
    const bytes = await Deno.readFile(path);
    bytes[3]! ^= 1;
    await Deno.writeFile(path, bytes);
    const found = await cache.get(KEY, { verify: true });
    assert(found.kind === "damaged");
    assertStringIncludes(found.reason, "expected sha256");
    assertEquals((await cache.get(KEY, { verify: false })).kind, "hit");
  });
});

Deno.test("a cut file is found even without verifying", async () => {
  await inTemporaryDirectory(async (directory) => {
    const cache = open(directory);
    await put(cache, OLD);
    await Deno.truncate(join(directory, `${KEY}.wasm`), 4);
    assertEquals((await cache.get(KEY, { verify: false })).kind, "damaged");
  });
});
