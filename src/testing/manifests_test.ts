import { assertEquals } from "@std/assert";
import { OCI_INDEX, OCI_MANIFEST } from "../oci/mod.ts";
import { type Registry, startRegistry } from "./mod.ts";
import { toJsonBytes } from "./image.ts";
import { digestOf } from "./store.ts";

const CONFIG = new TextEncoder().encode("{}");

const DOCUMENT = {
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: digestOf(CONFIG),
    size: CONFIG.byteLength,
  },
  layers: [],
};
const BYTES = toJsonBytes(DOCUMENT);
const DIGEST = digestOf(BYTES);

/** Sends a request and reads its reply whole. */
async function call(
  registry: Registry,
  method: string,
  reference: string,
  init: { body?: object; headers?: Record<string, string> } = {},
): Promise<
  { status: number; headers: Headers; text: string; codes: string[] }
> {
  const body = init.body === undefined
    ? {}
    : { body: toJsonBytes(init.body).slice() };
  const response = await fetch(
    `${registry.origin}/v2/a/manifests/${reference}`,
    { method, headers: init.headers ?? {}, ...body },
  );
  const text = await response.text();
  const codes = text.startsWith('{"errors"')
    ? JSON.parse(text).errors.map((error: { code: string }) => error.code)
    : [];
  return { status: response.status, headers: response.headers, text, codes };
}

const typed = (mediaType: string) => ({
  headers: { "content-type": mediaType },
});

/** A registry whose repository has the config. */
async function withConfig(
  behavior: Parameters<typeof startRegistry>[0] = {},
): Promise<Registry> {
  const registry = await startRegistry(behavior);
  registry.putBlob(CONFIG, { repository: "a" });
  return registry;
}

Deno.test("a manifest comes back byte for byte, by tag and by digest", async () => {
  await using registry = await withConfig();

  const put = await call(registry, "PUT", "v1", {
    body: BYTES,
    ...typed(OCI_MANIFEST),
  });

  assertEquals(put.status, 201);
  assertEquals(put.headers.get("location"), `/v2/a/manifests/${DIGEST}`);
  assertEquals(put.headers.get("docker-content-digest"), DIGEST);
  for (const reference of ["v1", DIGEST]) {
    const get = await call(registry, "GET", reference);
    const head = await call(registry, "HEAD", reference);
    assertEquals(get.text, JSON.stringify(DOCUMENT));
    assertEquals(head.text, "");
    for (const { headers } of [get, head]) {
      assertEquals(headers.get("content-type"), OCI_MANIFEST);
      assertEquals(headers.get("content-length"), `${BYTES.byteLength}`);
    }
  }
});

Deno.test("a push that cannot be right is refused with the code of the reason", async () => {
  await using registry = await withConfig({
    behavior: { maxManifestBytes: 900 },
  });
  const other = `sha256:${"0".repeat(64)}`;
  const missing = {
    ...DOCUMENT,
    layers: [{ ...DOCUMENT.config, digest: other }],
  };
  const index = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...DOCUMENT.config, digest: other }],
  };
  const noDigest = { ...DOCUMENT, config: { ...DOCUMENT.config, digest: "1" } };
  const long = { ...DOCUMENT, annotations: { a: "a".repeat(900) } };
  const cases: readonly [string, object, string, number, string][] = [
    ["v1", missing, OCI_MANIFEST, 404, "MANIFEST_BLOB_UNKNOWN"],
    ["v1", index, OCI_INDEX, 404, "MANIFEST_BLOB_UNKNOWN"],
    ["v1", DOCUMENT, OCI_INDEX, 400, "MANIFEST_INVALID"],
    ["v1", DOCUMENT, "text/plain", 400, "MANIFEST_INVALID"],
    ["v1", noDigest, OCI_MANIFEST, 400, "MANIFEST_INVALID"],
    ["v1", CONFIG, OCI_MANIFEST, 400, "MANIFEST_INVALID"],
    ["v1", long, OCI_MANIFEST, 413, "SIZE_INVALID"],
    ["-v1", DOCUMENT, OCI_MANIFEST, 400, "TAG_INVALID"],
    [other, DOCUMENT, OCI_MANIFEST, 400, "DIGEST_INVALID"],
    ["sha256:1", DOCUMENT, OCI_MANIFEST, 400, "DIGEST_INVALID"],
    [`${DIGEST}?tag=ok&tag=-`, DOCUMENT, OCI_MANIFEST, 400, "TAG_INVALID"],
  ];
  for (const [reference, body, mediaType, status, code] of cases) {
    const put = await call(registry, "PUT", reference, {
      body,
      ...typed(mediaType),
    });
    assertEquals([put.status, put.codes], [status, [code]]);
  }
  assertEquals(registry.tags("a"), []);
});

Deno.test("layers that may not be distributed need not be there", async () => {
  await using registry = await withConfig();
  const layer = {
    mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    digest: `sha256:${"0".repeat(64)}`,
    size: 1,
  };
  const put = await call(registry, "PUT", "v1", {
    body: { ...DOCUMENT, layers: [layer] },
    ...typed(OCI_MANIFEST),
  });
  assertEquals(put.status, 201);
});

Deno.test("a registry that does not look takes a manifest without its blobs", async () => {
  await using registry = await startRegistry({
    behavior: { requireBlobs: false, digestHeader: false },
  });
  const put = await call(registry, "PUT", "v1", { body: BYTES });
  assertEquals(put.status, 201);
  assertEquals(put.headers.get("docker-content-digest"), null);
});

Deno.test("a push by digest can name tags, and by sha512 too", async () => {
  await using registry = await withConfig();
  const sha512 = digestOf(BYTES, "sha512");
  const put = await call(registry, "PUT", `${sha512}?tag=v1&tag=latest`, {
    body: BYTES,
    ...typed(OCI_MANIFEST),
  });
  assertEquals(put.headers.get("oci-tag"), "v1, latest");
  assertEquals(registry.tags("a"), ["v1", "latest"]);
  assertEquals(registry.manifest("a", "v1")?.digest, sha512);
});

Deno.test("a subject is acknowledged, unless there is no referrers API", async () => {
  await using registry = await withConfig();
  await using old = await withConfig({ behavior: { referrers: false } });
  const subject = { ...DOCUMENT.config, mediaType: OCI_MANIFEST };
  const init = { body: { ...DOCUMENT, subject }, ...typed(OCI_MANIFEST) };

  const put = await call(registry, "PUT", "v1", init);
  const silent = await call(old, "PUT", "v1", init);

  assertEquals(put.headers.get("oci-subject"), subject.digest);
  assertEquals([silent.status, silent.headers.get("oci-subject")], [201, null]);
});

Deno.test("deleting a tag keeps the manifest, deleting the manifest takes its tags", async () => {
  await using registry = await withConfig();
  for (const tag of ["v1", "v2", "v3"]) {
    registry.putManifest("a", tag, BYTES);
  }
  const tag = await call(registry, "DELETE", "v1");
  assertEquals([tag.status, registry.tags("a")], [202, ["v2", "v3"]]);
  assertEquals((await call(registry, "GET", DIGEST)).status, 200);

  const manifest = await call(registry, "DELETE", DIGEST);
  const again = await call(registry, "DELETE", DIGEST);
  assertEquals([manifest.status, registry.tags("a")], [202, []]);
  assertEquals([again.status, again.codes], [404, ["MANIFEST_UNKNOWN"]]);
});

Deno.test("a registry may refuse to delete a tag, or anything", async () => {
  await using noTags = await withConfig({ behavior: { tagDeletes: false } });
  await using nothing = await withConfig({ behavior: { deletes: false } });
  for (const registry of [noTags, nothing]) {
    registry.putManifest("a", "v1", BYTES);
  }

  assertEquals((await call(noTags, "DELETE", "v1")).status, 400);
  assertEquals((await call(noTags, "DELETE", DIGEST)).status, 202);
  assertEquals((await call(nothing, "DELETE", DIGEST)).status, 405);
});

Deno.test("a registry that negotiates hides what Accept does not name", async () => {
  await using registry = await withConfig({ behavior: { negotiate: true } });
  registry.putManifest("a", "v1", BYTES);
  const accepting = async (accept: string) =>
    (await call(registry, "GET", "v1", { headers: { accept } })).status;

  assertEquals(await accepting(`text/html, ${OCI_MANIFEST};q=0.5`), 200);
  assertEquals(await accepting("*/*"), 200);
  assertEquals(await accepting(OCI_INDEX), 404);
});

Deno.test("what the protocol has no method for is not allowed", async () => {
  await using registry = await startRegistry();
  const { status, codes } = await call(registry, "POST", "v1");
  assertEquals([status, codes], [405, ["UNSUPPORTED"]]);
});
