/** Interrupted downloads go on where they ended; shared content is fetched once. */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

const LAYER = /\/blobs\/sha256:/;
const MIB = 1024 * 1024;

/** A module of so many bytes: an empty one with a custom section of noise. */
function largeModule(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  bytes.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0]);
  const content = size - 14;
  for (let i = 0; i < 5; i++) {
    bytes[9 + i] = (content >> (7 * i)) & 0x7f | (i < 4 ? 0x80 : 0);
  }
  bytes[14] = 0;
  for (let i = 15; i < size; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff;
  return bytes;
}

function ranges(registry: Registry): (string | undefined)[] {
  return registry.requests.filter(({ path }) => LAYER.test(path))
    .map(({ headers }) => headers["range"]);
}

async function setUp(registry: Registry) {
  // No waiting between attempts; timeouts stay far away.
  const clock = { ...platform.clock, random: () => 0 };
  const work = await openWorkspace({ platform: { clock } });
  const bytes = largeModule(4 * MIB);
  const { layerDigest } = await pushWasm(registry, "acme/big", "v1", bytes);
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "big", "v1") }),
  );
  return { work, layerDigest, bytes };
}

Deno.test("a transfer that breaks off goes on with a range in the same run", async () => {
  await using registry = await startRegistry();
  const { work } = await setUp(registry);
  await using _ = work;
  registry.fault({
    match: { path: LAYER, nth: 1 },
    action: { kind: "cut", afterBytes: 3 * MIB },
  });
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);
  const [first, second] = ranges(registry);
  assertEquals(first, undefined);
  const start = Number(/^bytes=(\d+)-/.exec(second ?? "")?.[1]);
  assert(start > 0 && start <= 3 * MIB, second);
});

Deno.test("a run that failed leaves what it had, and the next goes on from there", async () => {
  await using registry = await startRegistry();
  const { work } = await setUp(registry);
  await using _ = work;
  // Every attempt gets a little less than nothing after the first.
  registry.fault({
    match: { path: LAYER, nth: 1 },
    action: { kind: "cut", afterBytes: 3 * MIB },
  });
  const refusal = registry.fault({
    match: { path: LAYER, nth: [2, 3, 4, 5, 6, 7, 8, 9] },
    action: { kind: "reply", status: 403 },
  });
  assertEquals((await work.forge("pull")).status, 1);
  const [kept = ""] = work.cached();
  assert(kept.endsWith("-kept.partial"), kept);
  const size = (await Deno.stat(join(work.cache, kept))).size;
  assert(size >= MIB);

  refusal.remove();
  registry.requests.clear();
  assertEquals((await work.forge("run")).status, 0);
  assertEquals(ranges(registry), [`bytes=${size}-`]);
  assertEquals(work.cached().filter((name) => name.startsWith(".")), []);
});

Deno.test("what a killed process left is used too", async () => {
  await using registry = await startRegistry();
  const { work, layerDigest, bytes } = await setUp(registry);
  await using _ = work;
  const hex = layerDigest.slice("sha256:".length);
  await work.write(
    `.forge/extensions/cache/.forge-${hex}-abc123.partial`,
    bytes.subarray(0, 2 * MIB),
  );
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);
  assertEquals(ranges(registry), [`bytes=${2 * MIB}-`]);
});

Deno.test("what a killed process left goes ten minutes later, although nothing is fetched any more", async () => {
  await using registry = await startRegistry();
  const { work, layerDigest, bytes } = await setUp(registry);
  await using _ = work;
  assertEquals((await work.forge("pull")).status, 0);
  const hex = layerDigest.slice("sha256:".length);
  const name = `.forge-${hex}-abc123.partial`;
  await work.write(`.forge/extensions/cache/${name}`, bytes);
  const table: [minutes: number, left: string[]][] = [[9, [name]], [11, []]];
  for (const [minutes, left] of table) {
    const then = new Date(Date.now() - minutes * 60_000);
    await Deno.utime(join(work.cache, name), then, then);
    assertEquals((await work.forge("run")).status, 0);
    const hidden = work.cached().filter((each) => each.startsWith("."));
    assertEquals(hidden, left);
  }
});

Deno.test("remains with wrong bytes are thrown away and everything is fetched again", async () => {
  await using registry = await startRegistry();
  const { work, layerDigest } = await setUp(registry);
  await using _ = work;
  const hex = layerDigest.slice("sha256:".length);
  await work.write(
    `.forge/extensions/cache/.forge-${hex}-abc123-kept.partial`,
    new Uint8Array(2 * MIB),
  );
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);
  assertEquals(ranges(registry), [`bytes=${2 * MIB}-`, undefined]);
  assertEquals(work.cached().filter((name) => name.startsWith(".")), []);
});

Deno.test("a server without ranges sends everything again", async () => {
  await using registry = await startRegistry({ behavior: { ranges: false } });
  const { work, layerDigest, bytes } = await setUp(registry);
  await using _ = work;
  const hex = layerDigest.slice("sha256:".length);
  await work.write(
    `.forge/extensions/cache/.forge-${hex}-abc123-kept.partial`,
    bytes.subarray(0, 2 * MIB),
  );
  const { status, err } = await work.forge("run");
  assertEquals(status, 0, err);
  assertEquals(ranges(registry).length, 1);
});

Deno.test("the same content under two references is fetched once", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  const bytes = largeModule(64 * 1024);
  await pushWasm(registry, "acme/one", "v1", bytes);
  await pushWasm(registry, "acme/two", "v2", bytes);
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "one", "v1") + ociEntry(registry, "two", "v2"),
    }),
  );
  const { status, json } = await work.forge("run", "--json");
  assertEquals(status, 0);
  assertEquals(json().extensions.map((each) => each.status), [
    "pulled",
    "pulled",
  ]);
  assertEquals(ranges(registry).length, 1);
  assertEquals((await work.forge("cache", "verify")).status, 0);
  assertEquals(work.cached().length, 4);
});
