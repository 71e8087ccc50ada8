import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../errors.ts";
import { digestBytes, digestHex } from "../oci/mod.ts";
import { systemClock } from "../platform/clock.ts";
import { nodeFiles } from "../platform/node_files.ts";
import type { Files } from "../platform/types.ts";
import { cacheKey } from "./key.ts";
import type { CacheMetadata } from "./metadata.ts";
import { type Cache, openCache } from "./store.ts";

const PARTS = { registry: "ghcr.io", image: "acme/notes", reference: "v1" };
const KEY = cacheKey(PARTS);
const OLD = new TextEncoder().encode("old module");
const NEW = new TextEncoder().encode("the new module");

async function describe(bytes: Uint8Array<ArrayBuffer>) {
  return {
    ...PARTS,
    contentDigest: `sha256:${"1".repeat(64)}`,
    fetchedAtMs: 1_700_000_000_123,
    sizeBytes: bytes.byteLength,
    sha256: digestHex(await digestBytes(bytes)),
  } satisfies CacheMetadata;
}

async function put(
  cache: Cache,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const staged = await cache.stage();
  await staged.write(bytes);
  await cache.commit(KEY, staged, await describe(bytes));
}

function open(directory: string, files: Files = nodeFiles): Cache {
  return openCache(directory, { files, clock: systemClock });
}

async function inTemporaryDirectory(
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(join(directory, "cache"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

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

Deno.test("a process that dies at any disk operation leaves the old entry, none, or the new one", async () => {
  let deathAt = 0;
  const seen = new Set<string>();
  for (let survived = false; !survived; deathAt++) {
    await inTemporaryDirectory(async (directory) => {
      await put(open(directory), OLD);
      try {
        await put(open(directory, dyingFiles(deathAt)), NEW);
        survived = true;
      } catch {
        // The process is dead: it cleans up nothing.
      }
      for (const verify of [true, false]) {
        const found = await open(directory).get(KEY, { verify });
        assert(found.kind !== "damaged", `died at operation ${deathAt}`);
        const size = found.kind === "hit"
          ? found.entry.metadata.sizeBytes
          : "none";
        if (found.kind === "hit") {
          assertEquals((await Deno.readFile(found.entry.path)).length, size);
        }
        seen.add(String(size));
      }
    });
  }
  assertEquals([...seen].sort(), ["10", "14", "none"]);
});

Deno.test("a full disk is reported as such and leaves no entry", async () => {
  await inTemporaryDirectory(async (directory) => {
    const full: Files = {
      ...nodeFiles,
      create: async (path) => ({
        ...await nodeFiles.create(path),
        write: () =>
          Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })),
      }),
    };
    const cache = open(directory, full);
    const staged = await cache.stage();
    const error = await assertRejects(
      async () => await cache.commit(KEY, staged, await describe(OLD)),
      ForgeError,
      "no space left on the disk",
    );
    assertEquals(error.code, "CACHE_UNWRITABLE");
    assertEquals([...Deno.readDirSync(directory)].length, 0);
  });
});

Deno.test("a cache below a file is reported as unwritable", async () => {
  const file = await Deno.makeTempFile();
  const error = await assertRejects(
    () => open(join(file, "cache")).stage(),
    ForgeError,
  );
  assertEquals(error.code, "CACHE_UNWRITABLE");
  assertStringIncludes(error.message, "a part of the path is a file");
  await Deno.remove(file);
});

Deno.test("writers at the same moment leave one whole entry and no leftovers", async () => {
  await inTemporaryDirectory(async (directory) => {
    const writers = Array.from(
      { length: 20 },
      (_, i) => put(open(directory), i % 2 === 0 ? OLD : NEW),
    );
    await Promise.all(writers);
    const found = await open(directory).get(KEY, { verify: true });
    assertEquals(found.kind, "hit");
    assertEquals([...Deno.readDirSync(directory)].length, 2);
  });
});

Deno.test("a lock that a dead process left is taken away after ten seconds", async () => {
  await inTemporaryDirectory(async (directory) => {
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeTextFile(join(directory, `.forge-${KEY}.lock`), "");
    let now = Date.now();
    const clock = {
      ...systemClock,
      now: () => now,
      sleep: () => {
        now += 1_000;
        return Promise.resolve();
      },
    };
    await put(openCache(directory, { files: nodeFiles, clock }), NEW);
    assertEquals([...Deno.readDirSync(directory)].length, 2);
    assert(now - Date.now() > 9_000);
  });
});

Deno.test("clear removes entries and temporaries and nothing that is not its own", async () => {
  await inTemporaryDirectory(async (directory) => {
    const cache = open(directory);
    await put(cache, OLD);
    await (await cache.stage()).finish();
    await Deno.writeTextFile(join(directory, "notes.txt"), "mine");
    assertEquals(await cache.clear(), 1);
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), [
      "notes.txt",
    ]);
  });
});

Deno.test("clear waits for a writer, and takes what it wrote whole", async () => {
  await inTemporaryDirectory(async (directory) => {
    await put(open(directory), OLD);
    let clearing: Promise<number> | undefined;
    let swapped: string[] = [];
    const names = () =>
      [...Deno.readDirSync(directory)].map(({ name }) => name);
    const files: Files = {
      ...nodeFiles,
      async rename(from, to) {
        await nodeFiles.rename(from, to);
        // In the middle of a swap, somebody clears.
        if (to.endsWith(".wasm")) clearing = open(directory).clear();
        // And has taken nothing at its end, with the lock still held.
        if (to.endsWith(".metadata.json")) swapped = names();
      },
    };
    await put(open(directory, files), NEW);
    await clearing;
    assert(swapped.includes(`${KEY}.wasm`), swapped.join());
    assert(swapped.includes(`${KEY}.metadata.json`), swapped.join());
    assertEquals(names(), []);
  });
});

Deno.test("clear makes room where there is none for a lock", async () => {
  await inTemporaryDirectory(async (directory) => {
    await put(open(directory), OLD);
    const full: Files = {
      ...nodeFiles,
      create: () =>
        Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" })),
    };
    assertEquals(await open(directory, full).clear(), 1);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
});

/** A disk whose nth change, and every one after it, does not happen. */
function dyingFiles(deathAt: number): Files {
  let operations = 0;
  const alive = () => {
    if (operations++ >= deathAt) throw new Error("killed");
  };
  const guard =
    <A extends unknown[], R>(change: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      alive();
      return await change(...args);
    };
  return {
    ...nodeFiles,
    makeDirectory: guard(nodeFiles.makeDirectory),
    remove: guard(nodeFiles.remove),
    rename: guard(nodeFiles.rename),
    syncDirectory: guard(nodeFiles.syncDirectory),
    async create(path) {
      alive();
      const sink = await nodeFiles.create(path);
      const last = <A extends unknown[]>(
        change: (...args: A) => Promise<void>,
      ) => {
        const guarded = guard(change);
        return (...args: A) =>
          guarded(...args).catch(async (error) => {
            // The system closes the files of a process that dies.
            await sink.close();
            throw error;
          });
      };
      return { ...sink, write: last(sink.write), sync: last(sink.sync) };
    },
  };
}
