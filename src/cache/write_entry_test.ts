import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { ForgeError } from "../errors.ts";
import { systemClock } from "../platform/clock.ts";
import { nodeFiles } from "../platform/node_files.ts";
import type { Files } from "../platform/types.ts";
import {
  describe,
  inTemporaryDirectory,
  KEY,
  NEW,
  OLD,
  open,
  put,
} from "./scene_test.ts";
import { openCache } from "./store.ts";

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
