/** Pinning, looking for newer versions, and moving to them. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { cacheKey } from "../../src/cache/mod.ts";
import { parseLock } from "../../src/lock/mod.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { nodeFiles } from "../../src/platform/node_files.ts";
import { main } from "../../src/cli/dispatch.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

interface Scene extends AsyncDisposable {
  readonly registry: Registry;
  readonly work: Workspace;
  readonly text: () => Promise<string>;
  readonly lock: () => Promise<string>;
}

/** Two extensions by tag, both in the registry. */
async function openScene(): Promise<Scene> {
  const registry = await startRegistry();
  const work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1.0.0", await fixture("greeter"));
  await pushWasm(registry, "acme/notes", "stable", await fixture("notes"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1.0.0") +
        ociEntry(registry, "notes", "stable"),
    }),
  );
  return {
    registry,
    work,
    text: () => Deno.readTextFile(join(work.root, "forge.ron")),
    lock: () => Deno.readTextFile(join(work.root, "forge.lock")),
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

/** Runs a command with somebody at the terminal who answers. */
async function answering(work: Workspace, answer: string, ...args: string[]) {
  let [out, err] = ["", ""];
  const questions: string[] = [];
  const status = await main(args, {
    platform: {
      ...platform,
      cwd: () => work.root,
      env: () => undefined,
      sandbox: undefined,
    },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    signal: new AbortController().signal,
    color: false,
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
  });
  return { status, out, err, questions };
}

const move = async ({ registry }: Scene) =>
  await pushWasm(registry, "acme/greeter", "v1.0.0", await fixture("world"));

Deno.test("pin puts the digest where the tag was, the tag behind it, and changes nothing else", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const before = await scene.text();
  const { digest } = await pushWasm(
    registry,
    "acme/notes",
    "stable",
    await fixture("notes"),
  );
  const { status, err } = await work.forge("pin", "notes");
  assertEquals(status, 0, err);
  assertEquals(
    await scene.text(),
    before.replace(`Tag("stable")`, `Digest("${digest}") /* Tag("stable") */`),
  );
  assertFalse(await scene.text() === before);
  const again = await work.forge("pin", "notes", "--json");
  assertEquals(again.status, 0, again.err);
  assertEquals(JSON.parse(again.out).extensions[0].status, "pinned");
});

Deno.test("pin takes what is locked, whatever the tag says by now; the lock and the cache follow", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("lock")).status, 0);
  const locked = parseLock(await scene.lock()).extensions[0]!;
  await move(scene);
  registry.requests.clear();
  const { status, err } = await work.forge("pin");
  assertEquals(status, 0, err);
  assertEquals(registry.requests.length, 0);
  assertStringIncludes(
    await scene.text(),
    `Digest("${locked.manifestDigest}") /* Tag("v1.0.0") */`,
  );
  assertEquals(
    parseLock(await scene.lock()).extensions[0],
    {
      ...locked,
      reference: `${registry.host}/acme/greeter@${locked.manifestDigest}`,
    },
  );
  const run = await work.forge("run", "--frozen", "--offline", "--json");
  assertEquals(run.status, 0, run.err);
  assertEquals(registry.requests.length, 0);
  assert(
    work.cached().includes(
      `${
        cacheKey({
          registry: registry.host,
          image: "acme/greeter",
          reference: locked.manifestDigest,
        })
      }.wasm`,
    ),
  );
});

Deno.test("pin changes no file when one digest cannot be found out", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  const before = await scene.text();
  registry.fault({
    match: { path: /notes\/manifests/ },
    action: { kind: "reply", status: 404 },
  });
  const { status, out, err } = await work.forge("pin", "--json");
  assertEquals(status, 1);
  const { extensions, ok } = JSON.parse(out);
  assertEquals(ok, false);
  assertEquals(extensions[1].error.code, "REGISTRY_NOT_FOUND");
  assertStringIncludes(err, "is as it was");
  assertEquals(await scene.text(), before);
});

Deno.test("a dry run of pin writes nothing", async () => {
  await using scene = await openScene();
  const before = await scene.text();
  const { status, out } = await scene.work.forge("pin", "--dry-run", "--json");
  assertEquals(status, 0);
  assertEquals(
    JSON.parse(out).extensions.map((each: { status: string }) => each.status),
    ["changed", "changed"],
  );
  assertEquals(await scene.text(), before);
});

for (const command of ["pin", "outdated", "update"]) {
  Deno.test(`forge ${command} says which names there are`, async () => {
    await using scene = await openScene();
    const { status, err } = await scene.work.forge(
      command,
      "note",
      ...(command === "update" ? ["--yes"] : []),
    );
    assertEquals(status, 2);
    assertStringIncludes(err, `"note"`);
    assertStringIncludes(err, "greeter, notes");
  });
}

Deno.test("outdated tells tags that moved from newer versions, and from what is neither", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("pull")).status, 0);
  const quiet = await work.forge("outdated", "--check", "--json");
  assertEquals(quiet.status, 0, quiet.err);
  const { digest } = await move(scene);
  for (const tag of ["v1.2.0", "v1.10.0", "v2.0.0-rc.1", "latest"]) {
    await pushWasm(registry, "acme/greeter", tag, await fixture("greeter"));
  }
  const { status, out } = await work.forge("outdated", "--json");
  assertEquals(status, 0);
  const [greeter, notes] = JSON.parse(out).extensions;
  assertEquals([greeter.moved, greeter.latest, greeter.newer], [
    true,
    digest,
    "v1.10.0",
  ]);
  assertEquals([notes.moved, notes.newer], [false, undefined]);
  assertEquals((await work.forge("outdated", "--check")).status, 1);
});

Deno.test("outdated follows the tag beside a pinned digest", async () => {
  await using scene = await openScene();
  const { work } = scene;
  assertEquals((await work.forge("pin")).status, 0);
  const { digest } = await move(scene);
  const { out } = await work.forge("outdated", "greeter", "--json");
  const [greeter] = JSON.parse(out).extensions;
  assertEquals([greeter.tag, greeter.moved, greeter.latest], [
    "v1.0.0",
    true,
    digest,
  ]);
});

Deno.test("one registry that does not answer does not keep outdated from the others", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  registry.fault({
    match: { path: /greeter/ },
    action: { kind: "reply", status: 404 },
  });
  const { status, out } = await work.forge("outdated", "--json");
  assertEquals(status, 1);
  const [greeter, notes] = JSON.parse(out).extensions;
  assertEquals(greeter.error.code, "REGISTRY_NOT_FOUND");
  assert(notes.latest.startsWith("sha256:"));
});

Deno.test("update shows what is different, asks, and moves lock and cache", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("lock")).status, 0);
  const [was, notes] = parseLock(await scene.lock()).extensions;
  const text = await scene.text();
  const { digest } = await move(scene);
  const { status, out, err, questions } = await answering(work, "y", "update");
  assertEquals(status, 0, err);
  assertEquals(questions, ["Update this one? [y/N] "]);
  assertStringIncludes(
    out,
    `${was!.manifestDigest.slice(0, 19)} -> ${digest.slice(0, 19)}`,
  );
  assertStringIncludes(out, "- add");
  const lock = parseLock(await scene.lock()).extensions;
  assertEquals(lock[0]?.manifestDigest, digest);
  assertEquals(lock[1], notes);
  assertEquals(await scene.text(), text);
  registry.requests.clear();
  const run = await work.forge("pull", "--frozen", "--offline", "--json");
  assertEquals(run.status, 0, run.err);
  assertEquals(run.json().extensions[0]?.sha256, lock[0]?.sha256);
  assertEquals(registry.requests.length, 0);
});

for (const answer of ["", "n", "nonsense"]) {
  Deno.test(`the answer "${answer}" to update changes nothing`, async () => {
    await using scene = await openScene();
    const { work } = scene;
    assertEquals((await work.forge("lock")).status, 0);
    const lock = await scene.lock();
    await move(scene);
    const { status, err } = await answering(work, answer, "update");
    assertEquals(status, 0);
    assertStringIncludes(err, "Nothing is changed");
    assertEquals(await scene.lock(), lock);
    const run = await work.forge("pull", "--frozen", "--offline");
    assertEquals(run.status, 0, run.err);
  });
}

Deno.test("update does not guess where there is nobody to ask", async () => {
  await using scene = await openScene();
  for (const args of [["update"], ["update", "--json"]]) {
    const { status, err } = await scene.work.forge(...args);
    assertEquals(status, 2);
    assertStringIncludes(err, "--yes");
  }
  assertEquals(scene.registry.requests.length, 0);
});

Deno.test("without a lock file update moves what the cache has for the tag", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("pull")).status, 0);
  await move(scene);
  const look = await work.forge("update", "--dry-run", "--json");
  assertEquals(JSON.parse(look.out).applied, false);
  const bytes = await fixture("world");
  const sizes = async () =>
    (await work.forge("pull", "--offline", "--json")).json().extensions[0]
      ?.sizeBytes;
  assertEquals(await sizes(), (await fixture("greeter")).byteLength);
  const { status, out, err } = await work.forge("update", "--yes", "--json");
  assertEquals(status, 0, err);
  assertEquals(JSON.parse(out).updates[0].sizeAfter, bytes.byteLength);
  registry.requests.clear();
  assertEquals(await sizes(), bytes.byteLength);
  assertEquals(registry.requests.length, 0);
});

Deno.test("update moves a pinned digest with the tag beside it", async () => {
  await using scene = await openScene();
  const { work } = scene;
  assertEquals((await work.forge("pin")).status, 0);
  assertEquals((await work.forge("lock")).status, 0);
  const { digest } = await move(scene);
  const { status, err } = await work.forge("update", "--yes");
  assertEquals(status, 0, err);
  assertStringIncludes(
    await scene.text(),
    `Digest("${digest}") /* Tag("v1.0.0") */`,
  );
  const run = await work.forge("run", "--frozen", "--offline");
  assertEquals(run.status, 0, run.err);
});

Deno.test("a file that is formatted after pinning is followed and moved as before", async () => {
  await using scene = await openScene();
  const { work } = scene;
  assertEquals((await work.forge("pin")).status, 0);
  assertEquals((await work.forge("fmt")).status, 0);
  const pinned = await scene.text();
  const { digest } = await move(scene);
  assertEquals((await work.forge("update", "--yes")).status, 0);
  const before = pinned.split("\n");
  const after = (await scene.text()).split("\n");
  const changed = after.filter((line, i) => line !== before[i]);
  assertEquals(after.length, before.length);
  assertEquals(changed.map((line) => line.trim()), [`"${digest}",`]);
});

Deno.test("two at once pin an extension each, and neither takes back what the other did", async () => {
  await using scene = await openScene();
  const { work } = scene;
  assertEquals((await work.forge("lock")).status, 0);
  const done = await Promise.all(
    ["greeter", "notes"].map((name) => work.forge("pin", name)),
  );
  assertEquals(done.map(({ status }) => status), [0, 0]);
  const text = await scene.text();
  assertEquals(text.match(/reference: Digest\(/g)?.length, 2, text);
  const lock = await scene.lock();
  assertEquals(lock.match(/reference: "[^"]*@sha256:/g)?.length, 2, lock);
  const run = await work.forge("run", "--frozen", "--offline");
  assertEquals(run.status, 0, run.err);
});

Deno.test("update --latest goes to the newest version, in forge.ron and in the lock", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("lock")).status, 0);
  const { digest } = await pushWasm(
    registry,
    "acme/greeter",
    "v1.1.0",
    await fixture("world"),
  );
  const idle = await work.forge("update", "--yes");
  assertStringIncludes(idle.err, "greeter has v1.1.0");
  const { status, err } = await work.forge(
    "update",
    "greeter",
    "--latest",
    "--yes",
  );
  assertEquals(status, 0, err);
  assertStringIncludes(await scene.text(), `Tag("v1.1.0")`);
  const [greeter] = parseLock(await scene.lock()).extensions;
  assertEquals(greeter?.reference, `${registry.host}/acme/greeter:v1.1.0`);
  assertEquals(greeter?.manifestDigest, digest);
  const run = await work.forge("pull", "--frozen", "--offline");
  assertEquals(run.status, 0, run.err);
});

Deno.test("an update that cannot be pulled is told of, and leaves everything as it was", async () => {
  await using scene = await openScene();
  const { registry, work } = scene;
  assertEquals((await work.forge("lock")).status, 0);
  const lock = await scene.lock();
  await move(scene);
  registry.fault({
    match: { path: /greeter\/blobs/ },
    action: { kind: "corrupt", at: 9 },
  });
  const { status, out } = await work.forge("update", "--yes", "--json");
  assertEquals(status, 1);
  const { failed, updates } = JSON.parse(out);
  assertEquals([failed[0].error.code, updates.length], ["DIGEST_MISMATCH", 0]);
  assertEquals(await scene.lock(), lock);
});

Deno.test("a forge.ron that cannot be written says so, and is as it was", async () => {
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  await using scene = await openScene();
  const before = await scene.text();
  await using work = await openWorkspace({
    platform: { files: { ...nodeFiles, replace: () => Promise.reject(full) } },
  });
  await work.write("forge.ron", before);
  for (const args of [["pin"], ["fmt"]]) {
    const { status, err } = await work.forge(...args);
    assertEquals(status, 1, err);
    assertStringIncludes(err, `forge.ron": no space left`);
    assertStringIncludes(err, "hint: Free disk space");
  }
  assertEquals(
    await Deno.readTextFile(join(work.root, "forge.ron")),
    before,
  );
});
