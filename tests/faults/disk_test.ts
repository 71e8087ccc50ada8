/** Disks that are full, read-only, or hold something else than was written. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { digestBytes, digestHex } from "../../src/oci/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import type { Files, FileSink } from "../../src/platform/types.ts";
import { pushWasm } from "../../src/testing/mod.ts";
import { withPadding } from "./padding.ts";
import {
  assertNothingLeft,
  assertOneWholeEntry,
  assertPulled,
  assertRefused,
  GREETER,
  openScene,
  type Scene,
} from "./scene.ts";

const { files } = platform;
const MIB = 1024 * 1024;
const run = promisify(execFile);

function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(code), { code }));
}

/** A disk with a switch. */
class Disk {
  /** What fails; nothing if not set. */
  broken: Partial<Files> = {};
  readonly files: Files = new Proxy(files, {
    get: (target, name: keyof Files) => this.broken[name] ?? target[name],
  });
}

/** Files whose sinks fail in one way. */
function sinks(change: (sink: FileSink, path: string) => Partial<FileSink>) {
  return {
    create: async (path: string): Promise<FileSink> => {
      const sink = await files.create(path);
      return { ...sink, ...change(sink, path) };
    },
  };
}

/** A disk that has room for so many bytes. */
function roomFor(bytes: number): Partial<Files> {
  let left = bytes;
  return sinks((sink) => ({
    write: async (chunk) => {
      left -= chunk.byteLength;
      if (left < 0) return await failing("ENOSPC")();
      await sink.write(chunk);
    },
  }));
}

const FULL = "no space left on the disk";

/** Ways in which a disk refuses, and what is said of it. */
const REFUSALS: readonly {
  readonly name: string;
  readonly broken: () => Partial<Files>;
  readonly says: string;
}[] = [
  {
    name: "a disk that is full before the first byte leaves nothing",
    broken: () => ({ create: failing("ENOSPC") }),
    says: FULL,
  },
  {
    name: "a disk that fills up in the middle of a module leaves nothing",
    broken: () => roomFor(Math.floor(GREETER.byteLength / 2)),
    says: FULL,
  },
  {
    name: "a disk that fills up before the metadata leaves nothing",
    broken: () => roomFor(GREETER.byteLength + 1),
    says: FULL,
  },
  {
    name: "a disk that is full when it is synced leaves nothing",
    broken: () => sinks(() => ({ sync: failing("ENOSPC") })),
    says: FULL,
  },
  {
    name: "a disk quota that is used up leaves nothing",
    broken: () => sinks(() => ({ write: failing("EDQUOT") })),
    says: "the disk quota is used up",
  },
  {
    name: "an entry that cannot be renamed into place leaves nothing",
    broken: () => ({ rename: failing("EACCES") }),
    says: "permission denied",
  },
  {
    name: "a read-only file system leaves nothing",
    broken: () => ({ makeDirectory: failing("EROFS") }),
    says: "the file system is read-only",
  },
  {
    name: "too many open files are said to be that",
    broken: () => ({ create: failing("EMFILE") }),
    says: "too many open files",
  },
];

for (const { name, broken, says } of REFUSALS) {
  Deno.test(name, async () => {
    const disk = new Disk();
    await using scene = await openScene({ platform: { files: disk.files } });
    disk.broken = broken();
    assertRefused(await scene.pull("--json"), {
      code: "CACHE_UNWRITABLE",
      says,
    });
    assertNothingLeft(scene.work);
    disk.broken = {};
    await assertPulled(await scene.pull("--json"), scene.work);
  });
}

Deno.test("a full disk is not kept full by what was downloaded so far", async () => {
  const disk = new Disk();
  await using scene = await openScene({ platform: { files: disk.files } });
  const large = withPadding(GREETER, 3 * MIB);
  await pushWasm(scene.registry, "acme/greeter", "v1", large);
  disk.broken = roomFor(2 * MIB);
  assertRefused(await scene.pull("--json"), {
    code: "CACHE_UNWRITABLE",
    says: FULL,
  });
  assertNothingLeft(scene.work);
});

Deno.test({
  name: "a real file system without room leaves nothing on it",
  // Only root may mount one.
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    await using scene = await openScene();
    const { registry, work } = scene;
    const large = withPadding(GREETER, 3 * MIB);
    await pushWasm(registry, "acme/greeter", "v1", large);
    await Deno.mkdir(work.cache, { recursive: true });
    const options = ["-t", "tmpfs", "-o", "size=2m", "forge-test"];
    await run("mount", [...options, work.cache]);
    try {
      assertRefused(await scene.pull("--json"), {
        code: "CACHE_UNWRITABLE",
        says: FULL,
      });
      assertNothingLeft(work);
    } finally {
      await run("umount", [work.cache]);
    }
  },
});

Deno.test("a read-only cache serves what it has", async () => {
  const disk = new Disk();
  await using scene = await openScene({ platform: { files: disk.files } });
  await assertPulled(await scene.pull("--json"), scene.work);
  const refuse = failing("EROFS");
  disk.broken = {
    create: refuse,
    append: refuse,
    rename: refuse,
    remove: refuse,
    makeDirectory: refuse,
  };
  const { status, json } = await scene.work.forge("run", "--json");
  assertEquals(status, 0);
  assertEquals(json().extensions[0]?.status, "cached");
  assertEquals(json().extensions[0]?.loaded, true);
  await assertOneWholeEntry(scene.work);
});

/** What a crash, a disk or a person may make of an entry. */
const DAMAGE: readonly {
  readonly name: string;
  readonly file: ".wasm" | ".metadata.json";
  readonly change: (bytes: Uint8Array) => Uint8Array | undefined;
}[] = [
  {
    name: "an entry with a flipped byte is fetched again",
    file: ".wasm",
    change: (bytes) => bytes.map((byte, i) => i === 50 ? byte ^ 1 : byte),
  },
  {
    name: "an entry that was cut is fetched again",
    file: ".wasm",
    change: (bytes) => bytes.subarray(0, -1),
  },
  {
    name: "an entry that grew is fetched again",
    file: ".wasm",
    change: (bytes) => new Uint8Array([...bytes, 0]),
  },
  {
    name: "an entry without its module is fetched again",
    file: ".wasm",
    change: () => undefined,
  },
  {
    name: "an entry without its metadata is fetched again",
    file: ".metadata.json",
    change: () => undefined,
  },
  {
    name: "an entry whose metadata is cut is fetched again",
    file: ".metadata.json",
    change: (bytes) => bytes.subarray(0, 40),
  },
  {
    name: "an entry whose metadata is zeros is fetched again",
    file: ".metadata.json",
    change: (bytes) => new Uint8Array(bytes.byteLength),
  },
];

for (const { name, file, change } of DAMAGE) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    const { work } = scene;
    await assertPulled(await scene.pull("--json"), work);
    const found = work.cached().find((each) => each.endsWith(file)) ?? "";
    const path = join(work.cache, found);
    const changed = change(await Deno.readFile(path));
    if (changed === undefined) await Deno.remove(path);
    else await Deno.writeFile(path, changed);
    await assertPulled(await scene.pull("--json"), work);
  });
}

/** What may lie where an entry should. */
const OBSTACLES: readonly {
  readonly name: string;
  readonly file: ".wasm" | ".metadata.json";
  readonly put: (path: string, scene: Scene) => Promise<void>;
  readonly says?: string;
}[] = [
  {
    name: "metadata of a gigabyte is not read, and replaced",
    file: ".metadata.json",
    put: (path) => Deno.truncate(path, 1024 * MIB),
  },
  {
    name: "a link in the place of a module is replaced, not followed",
    file: ".wasm",
    async put(path, { work }) {
      await Deno.remove(path);
      await work.write("victim", "precious");
      await Deno.symlink(join(work.root, "victim"), path);
    },
  },
  {
    name: "a broken link in the place of a module is replaced, not followed",
    file: ".wasm",
    async put(path, { work }) {
      await Deno.remove(path);
      await Deno.symlink(join(work.root, "nowhere"), path);
    },
  },
  {
    name: "a directory in the place of a module is said to be in the way",
    file: ".wasm",
    async put(path) {
      await Deno.remove(path);
      await Deno.mkdir(path);
    },
    says: "a directory has the name of one of its files",
  },
];

for (const { name, file, put, says } of OBSTACLES) {
  Deno.test(name, async () => {
    await using scene = await openScene();
    const { work } = scene;
    await assertPulled(await scene.pull("--json"), work);
    const found = work.cached().find((each) => each.endsWith(file)) ?? "";
    await put(join(work.cache, found), scene);
    const result = await scene.pull("--json");
    if (says === undefined) await assertPulled(result, work);
    else assertRefused(result, { code: "CACHE_UNWRITABLE", says });
    const victim = await Deno.readTextFile(join(work.root, "victim"))
      .catch(() => "precious");
    assertEquals(victim, "precious");
    const outside = await Deno.stat(join(work.root, "nowhere"))
      .catch(() => undefined);
    assertEquals(outside, undefined);
  });
}

Deno.test("a cache directory that is a broken link is said to be that", async () => {
  await using scene = await openScene();
  const { work } = scene;
  await work.write(".forge/extensions/x", "");
  await Deno.symlink(join(work.root, "nowhere"), work.cache);
  const result = await scene.pull("--json");
  assertRefused(result, {
    code: "CACHE_UNWRITABLE",
    says: "a link that leads nowhere",
  });
});

Deno.test("a partial download of other bytes is thrown away", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const large = withPadding(GREETER, 2 * MIB);
  const { layerDigest } = await pushWasm(
    registry,
    "acme/greeter",
    "v1",
    large,
  );
  const hex = layerDigest.slice("sha256:".length);
  const name = `.forge-${hex}-chance-kept.partial`;
  await work.write(
    `.forge/extensions/cache/${name}`,
    new Uint8Array(MIB + 4096).fill(7),
  );
  const { status, json, err } = await scene.pull("--json");
  assertEquals(status, 0, err);
  assertEquals(
    json().extensions[0]?.sha256,
    digestHex(await digestBytes(large)),
  );
  assertFalse(work.cached().includes(name));
  assertEquals(work.cached().length, 2);
});

Deno.test("a partial download that another process ends meanwhile is not missed", async () => {
  const disk = new Disk();
  await using scene = await openScene({ platform: { files: disk.files } });
  const { registry, work } = scene;
  const large = withPadding(GREETER, 2 * MIB);
  const { layerDigest } = await pushWasm(
    registry,
    "acme/greeter",
    "v1",
    large,
  );
  const hex = layerDigest.slice("sha256:".length);
  await work.write(
    `.forge/extensions/cache/.forge-${hex}-chance.partial`,
    large.subarray(0, MIB + 4096),
  );
  disk.broken = {
    async *readChunks(path, options) {
      // Between the look and the read it becomes an entry of its process.
      if (path.endsWith("-chance.partial")) await Deno.remove(path);
      yield* files.readChunks(path, options);
    },
  };
  const { status, json, err } = await scene.pull("--json");
  assertEquals(status, 0, err);
  assertEquals(
    json().extensions[0]?.sha256,
    digestHex(await digestBytes(large)),
  );
  assertEquals(work.cached().length, 2);
});

Deno.test("a large download that is cut for good is continued by the next run", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const large = withPadding(GREETER, 3 * MIB);
  await pushWasm(registry, "acme/greeter", "v1", large);
  const blob = /\/blobs\//;
  registry.fault({
    match: { path: blob },
    action: { kind: "cut", afterBytes: 2 * MIB },
    times: 1,
  });
  registry.fault({
    match: { path: blob, when: ({ headers }) => "range" in headers },
    action: { kind: "reset" },
  });
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_FAILED",
    says: "closed early",
  });
  const [left, ...others] = work.cached();
  assertEquals(others, []);
  assert(left?.endsWith("-kept.partial"), left);
  // A runtime may drop the last of what has arrived when the connection ends.
  const { size = 0 } =
    await platform.files.stat(join(work.cache, left ?? "")) ?? {};
  assert(size > MIB && size <= 2 * MIB, `${size}`);
  registry.clearFaults();
  registry.requests.clear();
  const { status, err } = await scene.pull("--json");
  assertEquals(status, 0, err);
  const range = registry.requests.find(({ path }) => blob.test(path))
    ?.headers["range"];
  assertStringIncludes(range ?? "", `bytes=${size}-`);
  assertEquals(work.cached().length, 2);
  assertEquals((await work.forge("cache", "verify")).status, 0);
});
