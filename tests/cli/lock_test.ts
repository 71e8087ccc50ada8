/** `forge lock` and `--frozen`, from forge.ron to what may run. */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { cacheKey } from "../../src/cache/mod.ts";
import type { ForgeErrorCode } from "../../src/errors.ts";
import { parseLock } from "../../src/lock/mod.ts";
import {
  pushWasm,
  type Registry,
  startRegistry,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "./workspace.ts";

/** A registry with two images, and a project that names and locks both. */
async function openLocked(): Promise<
  { registry: Registry; work: Workspace } & AsyncDisposable
> {
  const registry = await startRegistry();
  const work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await pushWasm(registry, "acme/notes", "v1", await fixture("notes"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1") +
        ociEntry(registry, "notes", "v1"),
    }),
  );
  const { status, err } = await work.forge("lock");
  assertEquals(status, 0, err);
  registry.requests.clear();
  return {
    registry,
    work,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

function lockText(work: Workspace): Promise<string> {
  return Deno.readTextFile(join(work.root, "forge.lock"));
}

async function editLock(
  work: Workspace,
  edit: (text: string) => string,
): Promise<void> {
  const text = await lockText(work);
  const edited = edit(text);
  assert(edited !== text, "the lock has been changed");
  await work.write("forge.lock", edited);
}

/** Names and content of all files of the cache, to compare. */
async function cacheContent(work: Workspace): Promise<string> {
  const files = await Promise.all(
    work.cached().map(async (name) => [
      name,
      [...await Deno.readFile(join(work.cache, name))].join(),
    ]),
  );
  return JSON.stringify(files);
}

async function clearCache(work: Workspace): Promise<void> {
  await Deno.remove(work.cache, { recursive: true });
}

Deno.test("forge lock writes down what each extension is; a second time it is all kept", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  const { extensions } = parseLock(await lockText(work));
  const bytes = await fixture("greeter");
  const pushed = await pushWasm(registry, "acme/greeter", "v1", bytes);
  assertEquals(extensions.map(({ name }) => name), ["greeter", "notes"]);
  assertEquals(extensions[0], {
    name: "greeter",
    reference: `${registry.host}/acme/greeter:v1`,
    manifestDigest: pushed.digest,
    layerDigest: pushed.layerDigest,
    sha256: pushed.wasmSha256,
    sizeBytes: bytes.byteLength,
  });
  const text = await lockText(work);
  const again = await work.forge("lock", "--json");
  assertEquals(again.status, 0, again.err);
  const { changes, ok } = JSON.parse(again.out);
  assertEquals(ok, true);
  assertEquals(
    changes.map((each: { change: string }) => each.change),
    ["kept", "kept"],
  );
  assertEquals(await lockText(work), text);
  assertEquals(registry.requests.length, 0);
});

for (const command of ["run", "pull"]) {
  Deno.test(`${command} --frozen accepts what is locked, cached or not`, async () => {
    await using scene = await openLocked();
    const { registry, work } = scene;
    const warm = await work.forge(command, "--frozen", "--json");
    assertEquals(warm.status, 0, warm.err);
    assertEquals(registry.requests.length, 0);
    await clearCache(work);
    const cold = await work.forge(command, "--frozen", "--json");
    assertEquals(cold.status, 0, cold.err);
    assertEquals(
      cold.json().extensions.map(({ status }) => status),
      ["pulled", "pulled"],
    );
  });
}

Deno.test("offline, what is locked and cached runs, frozen too", async () => {
  await using scene = await openLocked();
  await scene.registry.close();
  const { status, err } = await scene.work.forge(
    ...["run", "--frozen", "--offline"],
  );
  assertEquals(status, 0, err);
});

Deno.test("offline and frozen, an extension that is not cached is refused, not skipped", async () => {
  await using scene = await openLocked();
  await clearCache(scene.work);
  const frozen = await scene.work.forge(
    ...["run", "--frozen", "--offline", "--json"],
  );
  assertEquals(frozen.status, 1);
  assertEquals(frozen.json().extensions[0]?.error?.code, "NOT_CACHED");
  assertEquals(frozen.json().extensions[0]?.status, "failed");
  const lenient = await scene.work.forge("run", "--offline", "--json");
  assertEquals(lenient.status, 0);
  assertEquals(lenient.json().extensions[0]?.status, "skipped");
});

Deno.test("when the tag has moved, the lock wins", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  const [locked] = parseLock(await lockText(work)).extensions;
  await pushWasm(registry, "acme/greeter", "v1", await fixture("notes"));
  for (const command of ["run", "pull", "lock"]) {
    await clearCache(work);
    const { status, err } = await work.forge(command, "--json");
    assertEquals(status, 0, err);
    const { json } = await work.forge("run", "--frozen", "--json");
    const [entry] = json().extensions;
    assertEquals(entry?.manifestDigest, locked?.manifestDigest);
    assertEquals(entry?.reference, "v1");
  }
  assertEquals(parseLock(await lockText(work)).extensions[0], locked);
});

Deno.test("a cache with another version is put right, and frozen refused", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  const text = await lockText(work);
  await pushWasm(registry, "acme/greeter", "v1", await fixture("notes"));
  await Deno.remove(join(work.root, "forge.lock"));
  await clearCache(work);
  assertEquals((await work.forge("pull")).status, 0);
  await work.write("forge.lock", text);

  const before = await cacheContent(work);
  const frozen = await work.forge("run", "--frozen", "--json");
  assertEquals(frozen.status, 1);
  const [refused, other] = frozen.json().extensions;
  assertEquals(refused?.error?.code, "LOCK_MANIFEST_MISMATCH");
  assertEquals([refused?.loaded, other?.loaded], [false, false]);
  assertFalse(frozen.err.includes("[notes]"), "nothing has run");
  assertEquals(await cacheContent(work), before);

  const lenient = await work.forge("run", "--json");
  assertEquals(lenient.status, 0, lenient.err);
  assertStringIncludes(
    lenient.err,
    "The cache has another greeter than the lock file says",
  );
  assertEquals((await work.forge("run", "--frozen")).status, 0);
});

const X64 = "f".repeat(64);

/** Each field of an entry, flipped; what it comes to from the cache and from the registry. */
const TAMPERED: readonly (readonly [
  field: string,
  edit: (text: string) => string,
  warm: ForgeErrorCode,
  cold: ForgeErrorCode,
])[] = [
  [
    "name",
    (text) => text.replace('name: "greeter"', 'name: "greeted"'),
    "LOCK_ENTRY_MISSING",
    "LOCK_ENTRY_MISSING",
  ],
  [
    "reference",
    (text) => text.replace("acme/greeter:v1", "acme/greeter:v2"),
    "LOCK_REFERENCE_MISMATCH",
    "LOCK_REFERENCE_MISMATCH",
  ],
  [
    "manifest_digest",
    (text) => text.replace(/(manifest_digest: "sha256:)[0-9a-f]+/, `$1${X64}`),
    "LOCK_MANIFEST_MISMATCH",
    "REGISTRY_NOT_FOUND",
  ],
  [
    "layer_digest",
    (text) => text.replace(/(layer_digest: "sha256:)[0-9a-f]+/, `$1${X64}`),
    "LOCK_LAYER_MISMATCH",
    "LOCK_LAYER_MISMATCH",
  ],
  [
    "sha256",
    (text) => text.replace(/( sha256: ")[0-9a-f]+/, `$1${X64}`),
    "LOCK_MODULE_MISMATCH",
    "LOCK_MODULE_MISMATCH",
  ],
  [
    "size_bytes",
    (text) => text.replace("size_bytes: 366", "size_bytes: 367"),
    "LOCK_SIZE_MISMATCH",
    "LOCK_SIZE_MISMATCH",
  ],
];

for (const [field, edit, warm, cold] of TAMPERED) {
  Deno.test(`a lock with another ${field} is refused, and the cache is as it was`, async () => {
    await using scene = await openLocked();
    const { registry, work } = scene;
    await editLock(work, edit);
    const before = await cacheContent(work);
    const refused = await work.forge("run", "--frozen", "--json");
    assertEquals(refused.status, 1);
    const [entry] = refused.json().extensions;
    assertEquals(entry?.name, "greeter");
    assertEquals(entry?.error?.code, warm, entry?.error?.message);
    assertFalse(refused.json().extensions.some(({ loaded }) => loaded));
    assertFalse(refused.err.includes("hello"), "nothing has run");
    assertEquals(await cacheContent(work), before);
    assertEquals(registry.requests.length, 0);

    await clearCache(work);
    const fetched = await work.forge("run", "--frozen", "--json");
    assertEquals(fetched.json().extensions[0]?.error?.code, cold);
    assertFalse(fetched.json().extensions.some(({ loaded }) => loaded));
    const key = cacheKey({
      registry: registry.host,
      image: "acme/greeter",
      reference: "v1",
    });
    assertFalse(work.cached().some((name) => name.startsWith(key)));
  });
}

for (
  const [field, edit, code] of [
    ...TAMPERED.slice(3).map(([field, edit, , cold]) =>
      [field, edit, cold] as const
    ),
    [TAMPERED[2]![0], TAMPERED[2]![1], "REGISTRY_NOT_FOUND"] as const,
  ]
) {
  Deno.test(`without --frozen, too, nothing else than the locked ${field} is cached`, async () => {
    await using scene = await openLocked();
    const { work } = scene;
    await editLock(work, edit);
    const before = await cacheContent(work);
    const { status, json, err } = await work.forge("run", "--json");
    assertEquals(status, 1);
    assertEquals(json().extensions[0]?.error?.code, code);
    assertEquals(await cacheContent(work), before);
    assertFalse(err.includes("hello"), "nothing has run");
  });
}

for (
  const [what, edit, code] of [
    [
      "of a later version",
      ["version: 1", "version: 9"],
      "LOCK_VERSION_UNSUPPORTED",
    ],
    ["in a conflict", ["Lock(", "<<<<<<< HEAD\nLock("], "LOCK_CONFLICT"],
    ["that is damaged", ["Lock(", "Lock("], "LOCK_INVALID"],
  ] as const
) {
  Deno.test(`a lock ${what} stops every command that would follow it`, async () => {
    await using scene = await openLocked();
    const { work } = scene;
    await editLock(
      work,
      (text) =>
        text.replace(edit[0], edit[1]).slice(
          0,
          code === "LOCK_INVALID" ? 99 : undefined,
        ),
    );
    const text = await lockText(work);
    for (const args of [["run"], ["run", "--frozen"], ["pull"], ["lock"]]) {
      const { status, out } = await work.forge(...args, "--json");
      assertEquals(status, 2);
      assertEquals(JSON.parse(out).error.code, code);
    }
    assertEquals(await lockText(work), text);
  });
}

Deno.test("a new extension: run says so, frozen refuses, pull adds it", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  await pushWasm(registry, "acme/third", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "third", "v1") +
        ociEntry(registry, "notes", "v1"),
    }),
  );
  const run = await work.forge("run");
  assertEquals(run.status, 0, run.err);
  assertStringIncludes(run.err, "The lock file does not have third");
  const frozen = await work.forge("run", "--frozen", "--json");
  assertEquals(
    frozen.json().extensions[0]?.error?.code,
    "LOCK_ENTRY_MISSING",
  );
  const pulled = await work.forge("pull");
  assertEquals(pulled.status, 0);
  assertStringIncludes(pulled.err, "added third in the lock file");
  assertStringIncludes(pulled.err, "removed greeter in the lock file");
  assertEquals((await work.forge("run", "--frozen")).status, 0);
  const names = parseLock(await lockText(work)).extensions
    .map(({ name }) => name);
  assertEquals(names, ["notes", "third"]);
});

Deno.test("another reference in forge.ron is locked anew, and frozen refused", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  await pushWasm(registry, "acme/greeter", "v2", await fixture("notes"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v2") +
        ociEntry(registry, "notes", "v1"),
    }),
  );
  const frozen = await work.forge("pull", "--frozen", "--json");
  assertEquals(
    frozen.json().extensions[0]?.error?.code,
    "LOCK_REFERENCE_MISMATCH",
  );
  const { out } = await work.forge("lock", "--json");
  const [change] = JSON.parse(out).changes;
  assertEquals(change.change, "changed");
  assertStringIncludes(change.before.reference, ":v1");
  assertStringIncludes(change.after.reference, ":v2");
  assertEquals((await work.forge("run", "--frozen")).status, 0);
});

Deno.test("without a lock file, --frozen is refused and pull makes none", async () => {
  await using scene = await openLocked();
  const { work } = scene;
  await Deno.remove(join(work.root, "forge.lock"));
  for (const command of [["run"], ["pull"], ["call", "greeter", "add"]]) {
    const { status, out } = await work.forge(
      ...[...command, "--frozen", "--json"],
    );
    assertEquals(status, 2);
    assertEquals(JSON.parse(out).error.code, "LOCK_NOT_FOUND");
  }
  assertEquals((await work.forge("pull")).status, 0);
  assertEquals(await exists(join(work.root, "forge.lock")), false);
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("a call is held to the lock as a run is", async () => {
  await using scene = await openLocked();
  const { work } = scene;
  const sound = await work.forge(
    "call",
    "greeter",
    "add",
    "2",
    "40",
    "--frozen",
  );
  assertEquals(sound.status, 0, sound.err);
  assertEquals(sound.out, "42\n");
  await editLock(work, (text) => text.replace(": 366", ": 367"));
  const refused = await work.forge(
    ...["call", "greeter", "add", "2", "40", "--frozen", "--json"],
  );
  assertEquals(refused.status, 1);
  assertEquals(JSON.parse(refused.out).error.code, "LOCK_SIZE_MISMATCH");
  const other = await work.forge(
    ...["call", "notes", "count_notes", "--frozen", "--json"],
  );
  assertEquals(other.status, 0, other.err);
});

Deno.test("a damaged file in the cache is refused when frozen, though checksums are off; pull repairs it", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "verify_checksums: false",
    }),
  );
  const key = cacheKey({
    registry: registry.host,
    image: "acme/greeter",
    reference: "v1",
  });
  const sound = await Deno.readFile(join(work.cache, `${key}.wasm`));
  sound[sound.length - 1]! ^= 1;
  await Deno.writeFile(join(work.cache, `${key}.wasm`), sound);
  const refused = await work.forge("run", "--frozen", "--json");
  assertEquals(refused.json().extensions[0]?.error?.code, "CACHE_CORRUPT");
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "greeter", "v1") }),
  );
  assertEquals((await work.forge("pull")).status, 0);
  assertEquals((await work.forge("run", "--frozen")).status, 0);
});

Deno.test("local extensions are not in the lock, and need none", async () => {
  await using work = await openWorkspace();
  await work.write("greeter.wasm", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "greeter", path: "greeter.wasm")` }),
  );
  assertEquals((await work.forge("run", "--frozen")).status, 0);
  const { status, out } = await work.forge("lock");
  assertEquals(status, 0);
  assertEquals(out, "forge.lock: nothing to lock\n");
  assertEquals(parseLock(await lockText(work)).extensions, []);
});

Deno.test("where one extension cannot be had, the lock file stays as it was", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  const text = await lockText(work);
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "missing", "v1") +
        ociEntry(registry, "greeter", "v1"),
    }),
  );
  for (const command of ["lock", "pull"]) {
    const { status, err } = await work.forge(command);
    assertEquals(status, 1);
    assertStringIncludes(err, "Failed to fetch OCI extension");
    assertEquals(await lockText(work), text);
  }
});

Deno.test("an entry of the original server, which does not know its layer, is fetched again to be locked", async () => {
  await using scene = await openLocked();
  const { work } = scene;
  const text = await lockText(work);
  await Deno.remove(join(work.root, "forge.lock"));
  for (const name of work.cached().filter((name) => name.endsWith("json"))) {
    const path = join(work.cache, name);
    const metadata = JSON.parse(await Deno.readTextFile(path));
    metadata.content_digest = null;
    delete metadata.layer_digest;
    await Deno.writeTextFile(path, JSON.stringify(metadata));
  }
  const offline = await work.forge("lock", "--offline", "--json");
  assertEquals(offline.status, 1);
  assertEquals(JSON.parse(offline.out).missing, ["greeter", "notes"]);
  assertEquals(await exists(join(work.root, "forge.lock")), false);
  const online = await work.forge("lock");
  assertEquals(online.status, 0, online.err);
  assertEquals(await lockText(work), text);
});

Deno.test("the lock lies beside its configuration, under its name", async () => {
  await using scene = await openLocked();
  const { registry, work } = scene;
  const text = forgeRon({ oci: ociEntry(registry, "greeter", "v1") });
  await work.write("deploy/prod.ron", text);
  const named = await work.forge("lock", "--config", "deploy/prod.ron");
  assertEquals(named.status, 0, named.err);
  assert(await exists(join(work.root, "deploy/prod.lock")));
  await Deno.remove(join(work.root, "forge.ron"));
  await work.write(".forge/config.ron", text);
  assertEquals((await work.forge("lock")).status, 0);
  assert(await exists(join(work.root, ".forge/config.lock")));
});

Deno.test("without a configuration there is nothing to lock", async () => {
  await using work = await openWorkspace();
  const { status, out } = await work.forge("lock", "--json");
  assertEquals(status, 2);
  assertEquals(JSON.parse(out).error.code, "CONFIG_NOT_FOUND");
});

Deno.test("a directory in the place of the lock file stops everything", async () => {
  await using scene = await openLocked();
  const { work } = scene;
  const path = join(work.root, "forge.lock");
  await Deno.remove(path);
  await Deno.mkdir(path);
  for (const command of ["run", "pull", "lock"]) {
    const { status, out } = await work.forge(command, "--json");
    assertEquals(status, 2);
    assertEquals(JSON.parse(out).error.code, "LOCK_UNREADABLE");
  }
});
