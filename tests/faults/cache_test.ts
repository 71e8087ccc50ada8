/** What lies in the cache and is not what was written. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { digestBytes, digestHex } from "../../src/oci/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { pushWasm } from "../../src/testing/mod.ts";
import { Disk } from "./broken_disk.ts";
import { withPadding } from "./padding.ts";
import {
  assertPulled,
  assertRefused,
  GREETER,
  openScene,
  type Scene,
} from "./scene.ts";

const MIB = 1024 * 1024;
const { files } = platform;

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
    says: "a link leads nowhere",
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
  const { size } = await Deno.stat(join(work.cache, left ?? ""));
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
