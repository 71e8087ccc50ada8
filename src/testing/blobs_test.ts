import { assertEquals } from "@std/assert";
import { type Registry, startRegistry } from "./mod.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

/** A registry with one blob, and the URL of the blob. */
async function withBlob(
  options: Parameters<typeof startRegistry>[0] = {},
): Promise<{ registry: Registry; digest: string; url: string }> {
  const registry = await startRegistry(options);
  const digest = registry.putBlob(BYTES, { repository: "acme/notes" });
  const url = `${registry.origin}/v2/acme/notes/blobs/${digest}`;
  return { registry, digest, url };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

Deno.test("a blob is served with its length and digest, by HEAD without its bytes", async () => {
  const { registry, digest, url } = await withBlob();
  await using _ = registry;

  const get = await fetch(url);
  const head = await fetch(url, { method: "HEAD" });

  assertEquals(await bytesOf(get), BYTES);
  assertEquals((await bytesOf(head)).byteLength, 0);
  for (const { status, headers } of [get, head]) {
    assertEquals(status, 200);
    assertEquals(headers.get("content-length"), "100");
    assertEquals(headers.get("docker-content-digest"), digest);
  }
});

Deno.test("a blob is not in a repository that it was not put into", async () => {
  const { registry, digest } = await withBlob();
  await using _ = registry;
  const base = `${registry.origin}/v2/acme/other/blobs`;

  const other = await fetch(`${base}/${digest}`);
  const malformed = await fetch(`${base}/sha256:123`);

  assertEquals([other.status, malformed.status], [404, 400]);
  assertEquals((await other.json()).errors[0].code, "BLOB_UNKNOWN");
  assertEquals((await malformed.json()).errors[0].code, "DIGEST_INVALID");
});

Deno.test("a range is served as RFC 9110 says", async () => {
  const { registry, digest, url } = await withBlob();
  await using _ = registry;
  const cases: Readonly<
    Record<string, readonly [number, string | null, number]>
  > = {
    "bytes=10-19": [206, "bytes 10-19/100", 10],
    "bytes=90-": [206, "bytes 90-99/100", 10],
    "bytes=-5": [206, "bytes 95-99/100", 5],
    "bytes=-500": [206, "bytes 0-99/100", 100],
    "bytes=50-1000": [206, "bytes 50-99/100", 50],
    "bytes=0-0": [206, "bytes 0-0/100", 1],
    "bytes=100-": [416, "bytes */100", 0],
    "bytes=9-3": [416, "bytes */100", 0],
    "bytes=-0": [416, "bytes */100", 0],
    "bytes=0-1,5-6": [200, null, 100],
    "bytes=-": [200, null, 100],
    "lines=1-2": [200, null, 100],
  };
  for (const [range, expected] of Object.entries(cases)) {
    const response = await fetch(url, { headers: { range } });
    const size = (await bytesOf(response)).byteLength;
    const field = response.headers.get("content-range");
    assertEquals([response.status, field, size], [...expected], range);
  }

  const conditional = async (validator: string) => {
    const headers = { range: "bytes=1-2", "if-range": validator };
    const response = await fetch(url, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await conditional(`"${digest}"`), 206);
  assertEquals(await conditional('"another"'), 200);
});

Deno.test("a registry without ranges sends the whole", async () => {
  const { registry, url } = await withBlob({ behavior: { ranges: false } });
  await using _ = registry;

  const response = await fetch(url, { headers: { range: "bytes=10-19" } });

  assertEquals(response.status, 200);
  assertEquals((await bytesOf(response)).byteLength, 100);
});

Deno.test("a blob is deleted once, unless deleting is switched off", async () => {
  const { registry, url } = await withBlob();
  await using _ = registry;
  const fixed = await withBlob({ behavior: { deletes: false } });
  await using _fixed = fixed.registry;
  const remove = async (target: string) => {
    const response = await fetch(target, { method: "DELETE" });
    await response.body?.cancel();
    return response.status;
  };

  assertEquals([await remove(url), await remove(url)], [202, 404]);
  assertEquals(await remove(fixed.url), 405);
});

Deno.test("an object store wants the signature and no credentials", async () => {
  const { registry, url } = await withBlob({
    behavior: { redirectBlobs: true },
  });
  await using _ = registry;

  const redirect = await fetch(url, { redirect: "manual" });
  await redirect.body?.cancel();
  const target = redirect.headers.get("location") ?? "";
  const plain = await fetch(target);
  const withCredentials = await fetch(target, {
    headers: { authorization: "Bearer x" },
  });
  const unsigned = await fetch(target.replace(/[?].*/, ""));

  assertEquals(redirect.status, 307);
  assertEquals(new URL(target).origin, registry.secondOrigin);
  assertEquals(await bytesOf(plain), BYTES);
  assertEquals([withCredentials.status, unsigned.status], [400, 403]);
  await withCredentials.body?.cancel();
  await unsigned.body?.cancel();
});
