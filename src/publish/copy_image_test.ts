import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { NetworkError } from "../http/mod.ts";
import { type Descriptor, digestBytes, OCI_INDEX } from "../oci/mod.ts";
import { platform } from "../platform/deno.ts";
import { createRegistryClient, type Repository } from "../registry/mod.ts";
import { pushWasm, type Registry, startRegistry } from "../testing/mod.ts";
import { copyImage } from "./mod.ts";

function repositoryOf(registry: Registry, name = "acme/notes"): Repository {
  return createRegistryClient({ fetch, clock: platform.clock })
    .repository(registry.host, name);
}

async function notes(): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(
    new URL("../../tests/fixtures/notes.wasm", import.meta.url),
  );
}

async function startPair() {
  const [from, to] = await Promise.all([startRegistry(), startRegistry()]);
  return {
    from,
    to,
    async [Symbol.asyncDispose]() {
      await Promise.all([from.close(), to.close()]);
    },
  };
}

Deno.test("an index is copied whole, with the same digest", async () => {
  await using pair = await startPair();
  const pushed = await pushWasm(pair.from, "acme/notes", "v1", await notes(), {
    shape: "docker-buildx-index",
  });
  const outcome = await copyImage(
    { repository: repositoryOf(pair.from), reference: "v1" },
    repositoryOf(pair.to, "mirror/notes"),
    { tags: ["v1", "stable"] },
  );
  assertEquals(outcome.descriptor.digest, pushed.digest);
  assertEquals([...pair.to.tags("mirror/notes")].sort(), ["stable", "v1"]);
  const original = pair.from.manifest("acme/notes", "v1");
  const copied = pair.to.manifest("mirror/notes", "v1");
  assertEquals(copied?.bytes, original?.bytes);
  const again = await copyImage(
    { repository: repositoryOf(pair.from), reference: pushed.digest },
    repositoryOf(pair.to, "mirror/notes"),
    { tags: [] },
  );
  assertEquals(again.uploadedBlobs, 0);
  assertEquals(again.presentBlobs, outcome.uploadedBlobs);
});

Deno.test("within one registry blobs are mounted, not sent", async () => {
  await using registry = await startRegistry();
  await pushWasm(registry, "acme/notes", "v1", await notes());
  const outcome = await copyImage(
    { repository: repositoryOf(registry), reference: "v1" },
    repositoryOf(registry, "team/notes"),
    { tags: ["v1"], mountFrom: "acme/notes" },
  );
  assertEquals(outcome.uploadedBlobs, 0);
  assertEquals(
    registry.requests.filter(({ method, path }) =>
      method === "GET" && path.includes("/blobs/")
    ),
    [],
  );
});

Deno.test("damaged content is not stored", async () => {
  await using pair = await startPair();
  const { digest } = await pushWasm(
    pair.from,
    "acme/notes",
    "v1",
    await notes(),
  );
  pair.from.fault({
    match: { method: "GET", path: /\/blobs\// },
    action: { kind: "corrupt" },
  });
  const error = await assertRejects(
    () =>
      copyImage(
        { repository: repositoryOf(pair.from), reference: "v1" },
        repositoryOf(pair.to),
        { tags: ["v1"] },
      ),
    ForgeError,
  );
  assertEquals(error.code, "DIGEST_MISMATCH");
  assertEquals(pair.to.manifest("acme/notes", digest), undefined);
  const stored = pair.to.requests.filter(({ method, status }) =>
    method === "PUT" && status === 201
  );
  assertEquals(stored, []);
});

Deno.test("a blob that breaks off goes on where it was", async () => {
  await using pair = await startPair();
  const wasm = await notes();
  await pushWasm(pair.from, "acme/notes", "v1", wasm);
  const layer = await digestBytes(wasm);
  const fault = pair.from.fault({
    match: { method: "GET", path: new RegExp(`/blobs/${layer}`) },
    times: 1,
    action: { kind: "cut", afterBytes: 100 },
  });
  await copyImage(
    { repository: repositoryOf(pair.from), reference: "v1" },
    repositoryOf(pair.to),
    { tags: ["v1"] },
  );
  assertEquals(fault.hits, 1);
  assertEquals(pair.to.blob(layer), wasm);
  const ranges = pair.from.requests
    .map(({ headers }) => headers["range"])
    .filter((range) => range !== undefined);
  assertEquals(ranges, ["bytes=100-"]);
});

Deno.test("a blob that breaks off before its first byte is asked for three times", async () => {
  for (const times of [2, 3]) {
    await using pair = await startPair();
    const wasm = await notes();
    await pushWasm(pair.from, "acme/notes", "v1", wasm);
    const layer = await digestBytes(wasm);
    pair.from.fault({
      match: { method: "GET", path: new RegExp(`/blobs/${layer}`) },
      times,
      action: { kind: "cut", afterBytes: 0 },
    });
    const copying = copyImage(
      { repository: repositoryOf(pair.from), reference: "v1" },
      repositoryOf(pair.to),
      { tags: ["v1"] },
    );
    if (times < 3) await copying;
    else await assertRejects(() => copying, NetworkError);
    assertEquals(pair.to.blob(layer), times < 3 ? wasm : undefined);
  }
});

Deno.test("signatures come along when asked for, by either of their two ways", async () => {
  await using pair = await startPair();
  const { digest } = await pushWasm(
    pair.from,
    "acme/notes",
    "v1",
    await notes(),
  );
  const source = repositoryOf(pair.from);
  const config = new TextEncoder().encode("{}");
  const empty: Descriptor = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: pair.from.putBlob(config),
    size: 2,
  };
  const companion = (more: object) =>
    new TextEncoder().encode(JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: "application/vnd.example.signature",
      config: empty,
      layers: [empty],
      ...more,
    }));
  const subject = { ...(await source.resolve("v1")) };
  const referrer = companion({ subject });
  await source.pushBlob(empty, config);
  await source.pushManifest(await digestBytes(referrer), referrer);
  const tag = `${digest.replace(":", "-")}.sig`;
  await source.pushManifest(tag, companion({ annotations: { old: "way" } }));

  const target = repositoryOf(pair.to);
  const plain = await copyImage(
    { repository: source, reference: "v1" },
    target,
    { tags: ["v1"] },
  );
  assertEquals(plain.manifests, 1);
  assertEquals(await target.referrers(subject.digest), []);
  const whole = await copyImage(
    { repository: source, reference: "v1" },
    target,
    { tags: ["v1"], includeReferrers: true },
  );
  assertEquals(whole.manifests, 3);
  assertEquals(
    (await target.referrers(subject.digest)).map(({ digest }) => digest),
    [await digestBytes(referrer)],
  );
  assertEquals([...pair.to.tags("acme/notes")].sort(), [tag, "v1"].sort());
});

Deno.test("indexes within indexes end", async () => {
  await using pair = await startPair();
  let child = pair.from.putManifest("acme/notes", "", {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [],
  });
  for (let depth = 0; depth < 40; depth++) {
    const { bytes } = pair.from.manifest("acme/notes", child) ??
      { bytes: new Uint8Array() };
    child = pair.from.putManifest("acme/notes", `v${depth}`, {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{
        mediaType: OCI_INDEX,
        digest: child,
        size: bytes.byteLength,
      }],
    });
  }
  const error = await assertRejects(
    () =>
      copyImage(
        { repository: repositoryOf(pair.from), reference: "v39" },
        repositoryOf(pair.to),
        { tags: ["v1"] },
      ),
    ForgeError,
  );
  assertEquals(error.code, "MANIFEST_INVALID");
  assertEquals(pair.to.tags("acme/notes"), []);
});
