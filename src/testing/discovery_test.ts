import { assertEquals } from "@std/assert";
import { type Descriptor, OCI_INDEX } from "../oci/mod.ts";
import { type Registry, startRegistry } from "./mod.ts";

/** What the replies hold, one or the other. */
interface Listing {
  readonly tags: string[];
  readonly manifests: Descriptor[];
  readonly errors: { readonly code: string }[];
}

const IMAGE = { layers: [] };

async function getJson(registry: Registry, path: string): Promise<{
  status: number;
  headers: Headers;
  json: Listing;
}> {
  const response = await fetch(new URL(path, registry.origin));
  const text = await response.text();
  const json = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, json };
}

/** Follows the Link fields to their end. */
async function pages<T>(
  registry: Registry,
  path: string,
  read: (json: Listing) => T[],
): Promise<T[][]> {
  const { headers, json } = await getJson(registry, path);
  const next = /^<([^>]+)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
  return [
    read(json),
    ...next === undefined ? [] : await pages(registry, next, read),
  ];
}

Deno.test("tags are listed in the order of their bytes, page by page", async () => {
  await using registry = await startRegistry();
  for (const tag of ["v2", "V1", "a", "v10", "_"]) {
    registry.image("acme/notes", tag, IMAGE);
  }
  const path = "/v2/acme/notes/tags/list";
  const tags = (json: Listing) => json.tags;

  assertEquals(await pages(registry, path, tags), [[
    "V1",
    "_",
    "a",
    "v10",
    "v2",
  ]]);
  assertEquals(await pages(registry, `${path}?n=2`, tags), [
    ["V1", "_"],
    ["a", "v10"],
    ["v2"],
  ]);
  assertEquals(await pages(registry, `${path}?last=a`, tags), [["v10", "v2"]]);
  assertEquals(await pages(registry, `${path}?n=0`, tags), [[]]);
  assertEquals(await pages(registry, `${path}?n=5`, tags), [
    ["V1", "_", "a", "v10", "v2"],
  ]);
});

Deno.test("a registry can have pages of its own size", async () => {
  await using registry = await startRegistry({ behavior: { tagsPageSize: 1 } });
  for (const tag of ["a", "b"]) registry.image("acme/notes", tag, IMAGE);

  const all = await pages<string>(
    registry,
    "/v2/acme/notes/tags/list",
    (json) => json.tags,
  );

  assertEquals(all, [["a"], ["b"]]);
});

Deno.test("tags of an unknown repository, and a number that is none, are errors", async () => {
  await using registry = await startRegistry();
  registry.image("acme/notes", "v1", IMAGE);

  const unknown = await getJson(registry, "/v2/acme/other/tags/list");
  const malformed = await getJson(registry, "/v2/acme/notes/tags/list?n=x");

  assertEquals(unknown.status, 404);
  assertEquals(unknown.json.errors[0]?.code, "NAME_UNKNOWN");
  assertEquals(malformed.status, 400);
});

/** A registry with an image, a signature and a list of materials about it. */
async function withReferrers(
  behavior: NonNullable<Parameters<typeof startRegistry>[0]>["behavior"] = {},
): Promise<{ registry: Registry; path: string; found: string[] }> {
  const registry = await startRegistry({ behavior });
  const { manifest: subject } = registry.image("acme/notes", "v1", IMAGE);
  const signature = registry.image("acme/notes", "", {
    artifactType: "application/vnd.example.signature",
    annotations: { "org.example.by": "alice" },
    layers: [],
    subject,
  });
  const materials = registry.image("acme/notes", "", {
    config: { mediaType: "application/vnd.example.sbom", content: {} },
    layers: [],
    subject,
  });
  const path = `/v2/acme/notes/referrers/${subject.digest}`;
  const found = [signature.manifest.digest, materials.manifest.digest];
  return { registry, path, found };
}

Deno.test("referrers are listed with type and annotations, and filtered by type", async () => {
  const { registry, path, found } = await withReferrers();
  await using _ = registry;

  const all = await getJson(registry, path);
  const type = "application/vnd.example.sbom";
  const some = await getJson(registry, `${path}?artifactType=${type}`);
  const none = await getJson(registry, path.replace(/.{8}$/, "00000000"));

  assertEquals(all.headers.get("content-type"), OCI_INDEX);
  assertEquals(all.json.manifests.map((m) => m.digest), found);
  assertEquals(all.json.manifests[0]?.annotations, {
    "org.example.by": "alice",
  });
  assertEquals(all.headers.get("oci-filters-applied"), null);
  assertEquals(some.headers.get("oci-filters-applied"), "artifactType");
  assertEquals(some.json.manifests.map((m) => m.digest), [
    found[1],
  ]);
  assertEquals(some.json.manifests[0]?.artifactType, type);
  assertEquals([none.status, none.json.manifests], [200, []]);
});

Deno.test("referrers come page by page where the registry is told so", async () => {
  const { registry, path, found } = await withReferrers({
    referrersPageSize: 1,
  });
  await using _ = registry;

  const all = await pages<Descriptor>(registry, path, (json) => json.manifests);

  assertEquals(all.map((page) => page.map((m) => m.digest)), [
    [found[0]],
    [found[1]],
  ]);
});

Deno.test("without the referrers API there is only the fallback tag", async () => {
  const { registry, path } = await withReferrers({ referrers: false });
  await using _ = registry;

  assertEquals((await getJson(registry, path)).status, 404);
});

Deno.test("a subject that is no digest is an error", async () => {
  await using registry = await startRegistry();
  const { status, json } = await getJson(registry, "/v2/a/referrers/sha256:1");
  assertEquals([status, json.errors[0]?.code], [400, "DIGEST_INVALID"]);
});
