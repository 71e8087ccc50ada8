/** The cache as a file: export, import, prune, path. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

/** Two extensions in the cache, one by tag and one by digest, and their archive. */
async function exportTwo() {
  const registry = await startRegistry();
  const work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"), {
    shape: "docker-buildx-index",
  });
  const notes = await pushWasm(
    registry,
    "acme/notes",
    "v1",
    await fixture("notes"),
  );
  const ron = forgeRon({
    oci: ociEntry(registry, "greeter", "v1") +
      ociEntry(registry, "notes", notes.digest),
  });
  await work.write("forge.ron", ron);
  const pulled = await work.forge("pull");
  assertEquals(pulled.status, 0, pulled.err);
  const exported = await work.forge("cache", "export", "images.tar");
  assertEquals(exported.status, 0, exported.err);
  return {
    ...{ registry, work, ron, archive: join(work.root, "images.tar") },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

const withoutTimes = async (work: Workspace) =>
  JSON.parse((await work.forge("cache", "list", "--json")).out).entries
    .map((
      { fetchedAt: _at, path: _path, ...rest }: Record<string, unknown>,
    ) => rest);

Deno.test("what one machine exports another runs, without a network", async () => {
  await using scene = await exportTwo();
  await using other = await openWorkspace();
  await scene.registry.close();
  await other.write("forge.ron", scene.ron);
  const imported = await other.forge("cache", "import", scene.archive);
  assertEquals(imported.status, 0, imported.err);
  assertStringIncludes(imported.out, "2 entries imported");
  assertEquals(await withoutTimes(other), await withoutTimes(scene.work));
  const run = await other.forge("run", "--offline", "--json");
  assertEquals(run.status, 0, run.err);
  assertEquals(
    run.json().extensions.map(({ name, status }) => [name, status]),
    [["greeter", "cached"], ["notes", "cached"]],
  );
});

Deno.test("equal caches make equal archives", async () => {
  await using scene = await exportTwo();
  const first = await Deno.readFile(scene.archive);
  await scene.work.forge("cache", "export", "again.tar");
  assertEquals(await Deno.readFile(join(scene.work.root, "again.tar")), first);
});

Deno.test("a damaged archive changes nothing in the cache", async (t) => {
  await using scene = await exportTwo();
  const sound = await Deno.readFile(scene.archive);
  const text = new TextDecoder("latin1").decode(sound);
  const at = (part: string) => {
    const found = text.indexOf(part);
    assert(found >= 0, part);
    return found;
  };
  const flipped = (offset: number) => {
    const bytes = sound.slice();
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    return bytes;
  };
  const table: readonly (readonly [string, Uint8Array, string])[] = [
    ["a module", flipped(at("\0asm") + 20), "hash"],
    ["a manifest", flipped(at('"schemaVersion":2,"mediaType"') + 2), "hash"],
    ["a header", flipped(at("index.json")), "no tar archive"],
    ["the end is missing", sound.slice(0, sound.length / 2), ""],
    ["no archive", new TextEncoder().encode("hello"), "end is missing"],
    ["an empty file", new Uint8Array(), "end is missing"],
  ];
  for (const [name, bytes, reason] of table) {
    await t.step(name, async () => {
      await using other = await openWorkspace();
      await other.write("forge.ron", scene.ron);
      await other.write("images.tar", bytes);
      const { status, err } = await other.forge(
        ...["cache", "import", "images.tar"],
      );
      assertEquals(status, 1, err);
      assertStringIncludes(err, reason);
      const kept = other.cached().filter((file) => file.endsWith(".wasm"));
      // What was verified before the damage was met may stay; nothing else.
      assert(kept.length < 2, kept.join());
      assertEquals((await other.forge("cache", "verify")).status, 0);
    });
  }
});

Deno.test("an archive that lies about a pinned image is refused", async () => {
  await using scene = await exportTwo();
  await using other = await openWorkspace();
  const archive = new TextDecoder("latin1").decode(
    await Deno.readFile(scene.archive),
  );
  // The image of the tag under the name of the digest.
  const names = [...archive.matchAll(/"digest":"(sha256:[0-9a-f]{64})"/g)]
    .map((match) => match[1]);
  const index = archive.slice(archive.lastIndexOf('{"schemaVersion":2'));
  const [first, second] = [...index.matchAll(/sha256:[0-9a-f]{64}/g)]
    .map(([digest]) => digest)
    .filter((digest) => names.includes(digest));
  assert(first !== undefined && second !== undefined && first !== second);
  const swapped = index.replace(
    `"digest":"${second}"`,
    `"digest":"${first}"`,
  );
  assert(swapped !== index);
  const bytes = archive.replace(index, swapped);
  await other.write("forge.ron", scene.ron);
  await other.write(
    "images.tar",
    Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
  );
  await other.forge("cache", "import", "images.tar");
  const list = JSON.parse((await other.forge("cache", "list", "--json")).out);
  for (const entry of list.entries) {
    if (!entry.reference.startsWith("sha256:")) continue;
    assertEquals(entry.contentDigest, entry.reference);
  }
});

Deno.test("an export that fails leaves the old archive as it was", async () => {
  await using scene = await exportTwo();
  const before = await Deno.readFile(scene.archive);
  scene.registry.fault({
    match: { path: /manifests/ },
    action: { kind: "reply", status: 403 },
  });
  const failed = await scene.work.forge("cache", "export", "images.tar");
  assertEquals(failed.status, 1);
  assertEquals(await Deno.readFile(scene.archive), before);
  const names = [...Deno.readDirSync(scene.work.root)].map(({ name }) => name);
  assertEquals(names.filter((name) => name.endsWith(".tmp")), []);
});

Deno.test("wrong command lines of export and import say what to do", async (t) => {
  await using scene = await exportTwo();
  const table: readonly (readonly [readonly string[], number, string])[] = [
    [["export"], 2, "needs a FILE"],
    [["list", "x"], 2, 'does not take "x"'],
    [["import", "missing.tar"], 1, "Cannot find the archive"],
    [["import", "."], 1, "it is a directory"],
    [["export", "no/such/dir/x.tar"], 1, "Cannot write"],
  ];
  for (const [args, status, text] of table) {
    await t.step(args.join(" "), async () => {
      const result = await scene.work.forge("cache", ...args);
      assertEquals(result.status, status, result.err);
      assertStringIncludes(result.err, text);
    });
  }
  await scene.work.forge("cache", "clear");
  const empty = await scene.work.forge("cache", "export", "x.tar");
  assertEquals(empty.status, 1);
  assertStringIncludes(empty.err, "Run forge pull first");
});

Deno.test("prune keeps what forge.ron names, and refuses where there is none", async () => {
  await using scene = await exportTwo();
  const { work, registry } = scene;
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  const trial = await work.forge("cache", "prune", "--dry-run");
  assertStringIncludes(trial.out, "1 entry would be removed");
  assertEquals(work.cached().length, 4);
  const pruned = await work.forge("cache", "prune", "--json");
  assertEquals(JSON.parse(pruned.out).removed.length, 1);
  assertEquals(work.cached().length, 2);
  assertEquals((await work.forge("run", "--offline")).status, 0);
  await Deno.remove(join(work.root, "forge.ron"));
  const refused = await work.forge("cache", "prune");
  assertEquals(refused.status, 2, refused.err);
  assertEquals(work.cached().length, 2);
});

Deno.test("path prints the directory", async () => {
  await using work = await openWorkspace();
  assertEquals((await work.forge("cache", "path")).out, `${work.cache}\n`);
});
