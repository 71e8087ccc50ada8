import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { nodeFiles } from "../platform/node_files.ts";
import type { Files } from "../platform/types.ts";
import {
  inTemporaryDirectory,
  KEY,
  NEW,
  OLD,
  open,
  put,
} from "./scene_test.ts";

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
