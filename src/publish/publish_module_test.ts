import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { digestBytes, parseManifest } from "../oci/mod.ts";
import { platform } from "../platform/deno.ts";
import { createRegistryClient, type Repository } from "../registry/mod.ts";
import { type Registry, startRegistry } from "../testing/mod.ts";
import { publishModule, type TransferEvent } from "./mod.ts";

function repositoryOf(registry: Registry, name = "acme/notes"): Repository {
  return createRegistryClient({ fetch, clock: platform.clock })
    .repository(registry.host, name);
}

async function notes(): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(
    new URL("../../tests/fixtures/notes.wasm", import.meta.url),
  );
}

Deno.test("a module is published with its blobs before its manifest and its tags last", async () => {
  await using registry = await startRegistry();
  const wasm = await notes();
  const events: TransferEvent[] = [];
  const published = await publishModule(repositoryOf(registry), wasm, {
    title: "notes.wasm",
    tags: ["v1.0.0", "v1", "v1"],
    version: "1.0.0",
    annotations: { "com.example.team": "notes" },
    onEvent: (event) => events.push(event),
  });
  const puts = registry.requests
    .filter(({ method }) => method === "PUT")
    .map(({ path }) => path.includes("/manifests/") ? "manifest" : "blob");
  assertEquals(puts, ["blob", "blob", "manifest", "manifest", "manifest"]);
  assertEquals(published.tags, [
    { tag: "v1.0.0", previous: undefined },
    { tag: "v1", previous: undefined },
  ]);
  assertEquals(published.layer.digest, await digestBytes(wasm));
  const fetched = await repositoryOf(registry).fetchManifest("v1");
  assertEquals(fetched.descriptor.digest, published.manifest.digest);
  assertEquals(fetched.manifest.annotations, {
    "com.example.team": "notes",
    "org.opencontainers.image.version": "1.0.0",
  });
  assertEquals(
    events.filter(({ type }) => type === "progress").length > 0,
    true,
  );
  assertEquals(events.at(-1)?.type, "manifest");
});

Deno.test("publishing again sends no blob and moves no tag", async () => {
  await using registry = await startRegistry();
  const wasm = await notes();
  const options = { title: "notes.wasm", tags: ["v1"] };
  const first = await publishModule(repositoryOf(registry), wasm, options);
  const before = registry.requests.length;
  const second = await publishModule(repositoryOf(registry), wasm, options);
  assertEquals(second.manifest, first.manifest);
  assertEquals(second.outcome, "present");
  assertEquals(second.tags, [{ tag: "v1", previous: first.manifest.digest }]);
  const writes = registry.requests.slice(before)
    .filter(({ method }) => method === "POST" || method === "PATCH");
  assertEquals(writes, []);
});

Deno.test("a tag that moves tells where it was", async () => {
  await using registry = await startRegistry();
  const repository = repositoryOf(registry);
  const wasm = await notes();
  const first = await publishModule(repository, wasm, {
    title: "notes.wasm",
    tags: ["v1"],
  });
  const second = await publishModule(repository, wasm, {
    title: "renamed.wasm",
    tags: ["v1"],
  });
  assertEquals(second.tags[0]?.previous, first.manifest.digest);
  assertEquals(
    (await repository.resolve("v1")).digest,
    second.manifest.digest,
  );
});

Deno.test("what cannot be published is refused before the first request", async (t) => {
  await using registry = await startRegistry();
  const repository = repositoryOf(registry);
  const wasm = await notes();
  const good = { title: "notes.wasm", tags: ["v1"] };
  const table = [
    ["no module", new TextEncoder().encode("<html>"), good, "WASM_INVALID"],
    ["a bad tag", wasm, { ...good, tags: ["v1/2"] }, "REFERENCE_INVALID"],
    ["endless annotations", wasm, {
      ...good,
      annotations: { a: "x".repeat(5 * 2 ** 20) },
    }, "TOO_LARGE"],
  ] as const;
  for (const [name, bytes, options, code] of table) {
    await t.step(name, async () => {
      const error = await assertRejects(
        () => publishModule(repository, bytes, options),
        ForgeError,
      );
      assertEquals(error.code, code);
    });
  }
  assertEquals(registry.requests.length, 0);
});

Deno.test("a publication that breaks off leaves no manifest, and can be repeated", async () => {
  await using registry = await startRegistry();
  const repository = repositoryOf(registry);
  const fault = registry.fault({
    match: { method: "PUT", path: /manifests/ },
    action: { kind: "reply", status: 400 },
  });
  const wasm = await notes();
  const options = { title: "notes.wasm", tags: ["v1"] };
  await assertRejects(() => publishModule(repository, wasm, options));
  fault.remove();
  await assertRejects(() => repository.fetchManifest("v1"), ForgeError);
  const { manifest, outcome } = await publishModule(repository, wasm, options);
  assertEquals(outcome, "present");
  const { bytes } = await repository.fetchManifest("v1");
  assertEquals(parseManifest(bytes).kind, "manifest");
  assertEquals(await digestBytes(bytes), manifest.digest);
});
