import { assert, assertEquals, assertRejects } from "@std/assert";
import { chmod, lstat, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFiles as files } from "./node_files.ts";

const HELLO = new TextEncoder().encode("hello");
const WORLD = new TextEncoder().encode("world");

/** Gives the work a directory of its own and removes it afterwards. */
async function inDirectory(
  work: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "forge-files-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function write(path: string, ...chunks: Uint8Array[]): Promise<void> {
  const sink = await files.create(path);
  for (const chunk of chunks) await sink.write(chunk);
  await sink.close();
}

async function failureCode(work: () => Promise<unknown>): Promise<unknown> {
  const error = await assertRejects(work);
  return (error as { code?: unknown }).code;
}

Deno.test("create() makes a file that read() gives back", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO, WORLD);
    assertEquals(
      new TextDecoder().decode(await files.read(path)),
      "helloworld",
    );
  }));

Deno.test("create() is exclusive and leaves what is there alone", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    assertEquals(await failureCode(() => files.create(path)), "EEXIST");
    assertEquals(await files.read(path), HELLO);
  }));

Deno.test("create() lets one of many win", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "lock");
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => files.create(path)),
    );
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    for (const { value } of won) await value.close();
    assertEquals(won.length, 1);
  }));

Deno.test("append() creates a file and adds to its end", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    for (const chunk of [HELLO, WORLD]) {
      const sink = await files.append(path);
      await sink.write(chunk);
      await sink.sync();
      await sink.close();
    }
    assertEquals(
      new TextDecoder().decode(await files.read(path)),
      "helloworld",
    );
  }));

Deno.test("a sink can be closed twice", () =>
  inDirectory(async (directory) => {
    const sink = await files.create(join(directory, "a"));
    await sink.close();
    await sink.close();
    assertEquals(await files.list(directory), ["a"]);
  }));

Deno.test("rename() replaces what had the name", () =>
  inDirectory(async (directory) => {
    await write(join(directory, "old"), HELLO);
    await write(join(directory, "new"), WORLD);
    await files.rename(join(directory, "new"), join(directory, "old"));
    assertEquals(await files.read(join(directory, "old")), WORLD);
    assertEquals(await files.list(directory), ["old"]);
  }));

Deno.test("rename() of what is not there rejects", () =>
  inDirectory(async (directory) => {
    const work = () => files.rename(join(directory, "a"), join(directory, "b"));
    assertEquals(await failureCode(work), "ENOENT");
  }));

Deno.test("remove() takes a file away, and does not mind its absence", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    await files.remove(path);
    await files.remove(path);
    assertEquals(await files.stat(path), undefined);
  }));

Deno.test("stat() says what an entry is", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    const file = await files.stat(path);
    assertEquals({ ...file, modifiedMs: 0 }, {
      kind: "file",
      size: 5,
      modifiedMs: 0,
    });
    assert(Number.isFinite(file?.modifiedMs));
    assertEquals((await files.stat(directory))?.kind, "directory");
  }));

Deno.test("stat() and list() give undefined for what is not there", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    for (const absent of [join(directory, "x"), join(path, "below a file")]) {
      assertEquals(await files.stat(absent), undefined);
      assertEquals(await files.list(absent), undefined);
    }
  }));

Deno.test("list() of a file gives undefined, of a directory its names", () =>
  inDirectory(async (directory) => {
    await write(join(directory, "a"), HELLO);
    await write(join(directory, "b"), HELLO);
    assertEquals(await files.list(join(directory, "a")), undefined);
    assertEquals([...await files.list(directory) ?? []].sort(), ["a", "b"]);
  }));

Deno.test("read() rejects for a directory and for what is not there", () =>
  inDirectory(async (directory) => {
    assertEquals(await failureCode(() => files.read(directory)), "EISDIR");
    const absent = join(directory, "x");
    assertEquals(await failureCode(() => files.read(absent)), "ENOENT");
  }));

Deno.test("read() rejects with the reason of an abort", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    const reason = new Error("stop");
    const signal = AbortSignal.abort(reason);
    const error = await assertRejects(() => files.read(path, { signal }));
    assertEquals(error, reason);
  }));

Deno.test("readChunks() gives all bytes in pieces that do not grow with the file", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    const megabyte = new Uint8Array(1024 * 1024).fill(7);
    await write(path, megabyte, megabyte, megabyte, HELLO);
    let size = 0;
    let largest = 0;
    for await (const chunk of files.readChunks(path)) {
      size += chunk.byteLength;
      largest = Math.max(largest, chunk.buffer.byteLength);
    }
    assertEquals(size, 3 * megabyte.byteLength + 5);
    assert(largest <= megabyte.byteLength);
  }));

Deno.test("readChunks() hands out pieces that later ones do not overwrite", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    const first = new Uint8Array(512 * 1024).fill(1);
    const second = new Uint8Array(512 * 1024).fill(2);
    await write(path, first, second);
    const chunks: Uint8Array[] = [];
    for await (const chunk of files.readChunks(path)) chunks.push(chunk);
    assertEquals(chunks.at(0)?.at(0), 1);
    assertEquals(chunks.at(-1)?.at(-1), 2);
  }));

Deno.test("readChunks() gives the same bytes where it may reuse its buffers", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "large");
    const content = Uint8Array.from({ length: 1_000_003 }, (_, i) => i % 251);
    await write(path, content);
    const copies: Uint8Array[] = [];
    const memories = new Set<ArrayBuffer>();
    for await (const chunk of files.readChunks(path, { reuse: true })) {
      copies.push(chunk.slice());
      memories.add(chunk.buffer);
    }
    const all = new Uint8Array(
      await new Blob(copies as BlobPart[]).arrayBuffer(),
    );
    assertEquals(all, content);
    assertEquals(memories.size, 2);
  }));

Deno.test("readChunks() starts where it is told", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO, WORLD);
    const from = async (start: number) => {
      let text = "";
      for await (const chunk of files.readChunks(path, { start })) {
        text += new TextDecoder().decode(chunk);
      }
      return text;
    };
    assertEquals(await from(5), "world");
    assertEquals(await from(10), "");
    assertEquals(await from(1000), "");
  }));

Deno.test("makeDirectory() makes those above, and does not mind one that is there", () =>
  inDirectory(async (directory) => {
    const deep = join(directory, "a", "b", "c");
    await files.makeDirectory(deep);
    await files.makeDirectory(deep);
    assertEquals((await files.stat(deep))?.kind, "directory");
  }));

Deno.test("syncDirectory() accepts a directory and refuses what is not there", () =>
  inDirectory(async (directory) => {
    await files.syncDirectory(directory);
    const absent = join(directory, "x");
    assertEquals(
      await failureCode(() => files.syncDirectory(absent)),
      "ENOENT",
    );
  }));

Deno.test("replace() changes the content, keeps the mode and leaves nothing beside it", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    await chmod(path, 0o640);
    await files.replace(path, WORLD);
    assertEquals(await files.read(path), WORLD);
    assertEquals(await files.list(directory), ["a"]);
    if (platform() !== "win32") {
      assertEquals((await stat(path)).mode & 0o777, 0o640);
    }
  }));

Deno.test("replace() follows a link and leaves it a link", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    const link = join(directory, "link");
    await write(path, HELLO);
    await symlink(path, link);
    await files.replace(link, WORLD);
    assertEquals(await files.read(path), WORLD);
    assert((await lstat(link)).isSymbolicLink());
  }));

Deno.test("replace() of what is not there fails and makes nothing", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    assertEquals(await failureCode(() => files.replace(path, HELLO)), "ENOENT");
    assertEquals(await files.list(directory), []);
  }));

Deno.test("replace() takes a temporary name, and leaves alone what has it already", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    const temporary = join(directory, "a.tmp");
    await write(path, HELLO);
    await files.replace(path, WORLD, { temporary });
    assertEquals(await files.read(path), WORLD);
    assertEquals(await files.list(directory), ["a"]);
    await write(temporary, HELLO);
    const again = () => files.replace(path, HELLO, { temporary });
    assertEquals(await failureCode(again), "EEXIST");
    assertEquals(await files.read(temporary), HELLO);
    assertEquals(await files.read(path), WORLD);
  }));

Deno.test("replace() leaves alone what is not as expected", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "a");
    await write(path, HELLO);
    const stale = await files.replace(path, HELLO, { expected: WORLD });
    assertEquals(stale, false);
    assertEquals(await files.read(path), HELLO);
    assertEquals(await files.replace(path, WORLD, { expected: HELLO }), true);
    assertEquals(await files.read(path), WORLD);
    assertEquals(await files.list(directory), ["a"]);
  }));

Deno.test("realPath() follows links, and gives back what leads nowhere", () =>
  inDirectory(async (directory) => {
    const path = join(await files.realPath(directory), "a");
    const link = join(directory, "link");
    await write(path, HELLO);
    await symlink(path, link);
    assertEquals(await files.realPath(link), path);
    const missing = join(directory, "missing");
    assertEquals(await files.realPath(missing), missing);
  }));
