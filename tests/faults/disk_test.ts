/** Disks that are full or read-only. */

import { assertEquals } from "@std/assert";
import type { Files } from "../../src/platform/types.ts";
import { pushWasm } from "../../src/testing/mod.ts";
import { Disk, failing, roomFor, sinks } from "./broken_disk.ts";
import { smallDiskTest } from "../small_disk.ts";
import { withPadding } from "./padding.ts";
import {
  assertNothingLeft,
  assertOneWholeEntry,
  assertPulled,
  assertRefused,
  BLOB,
  GREETER,
  openScene,
} from "./scene.ts";

const MIB = 1024 * 1024;

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
    // As NFS says it, and quotas.
    name: "a disk that is full when a file is closed leaves nothing",
    broken: () =>
      sinks((sink) => ({
        async close() {
          await sink.close();
          await failing("ENOSPC")();
        },
      })),
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

await smallDiskTest(
  "a real file system without room leaves nothing on it",
  async (mount) => {
    await using scene = await openScene();
    const { registry, work } = scene;
    const large = withPadding(GREETER, 3 * MIB);
    await pushWasm(registry, "acme/greeter", "v1", large);
    await Deno.mkdir(work.cache, { recursive: true });
    await using _disk = await mount(work.cache, 2 * MIB);
    assertRefused(await scene.pull("--json"), {
      code: "CACHE_UNWRITABLE",
      says: FULL,
    });
    assertNothingLeft(work);
  },
);

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

Deno.test("a disk that takes no more when a download breaks off keeps no part of it", async () => {
  const disk = new Disk();
  await using scene = await openScene({ platform: { files: disk.files } });
  const { registry, work } = scene;
  const large = withPadding(GREETER, 3 * MIB);
  await pushWasm(registry, "acme/greeter", "v1", large);
  // What is left when the connection ends is less than is written at once.
  disk.broken = roomFor(2 * MIB);
  registry.fault({
    match: { path: BLOB, when: ({ headers }) => !("range" in headers) },
    action: { kind: "cut", afterBytes: 2 * MIB + 1000 },
  });
  registry.fault({
    match: { path: BLOB, when: ({ headers }) => "range" in headers },
    action: { kind: "reset" },
  });
  assertRefused(await scene.pull("--json"), {
    code: "NETWORK_FAILED",
    says: "closed early",
  });
  assertNothingLeft(work);
});
