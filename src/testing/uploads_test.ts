import { assertEquals, assertMatch } from "@std/assert";
import { type Registry, type RegistryBehavior, startRegistry } from "./mod.ts";
import { digestOf } from "./store.ts";

const BYTES = new TextEncoder().encode("a blob in three pieces or in one");
const DIGEST = digestOf(BYTES);
const OTHER_DIGEST = digestOf(BYTES.subarray(1));

/** Sends a request and reads its reply whole. */
async function call(
  registry: Registry,
  method: string,
  path: string,
  init: { body?: Uint8Array; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; code: string | undefined }> {
  const body = init.body === undefined ? {} : { body: init.body.slice() };
  const response = await fetch(new URL(path, registry.origin), {
    method,
    headers: init.headers ?? {},
    ...body,
  });
  const text = await response.text();
  const code = text === "" ? undefined : JSON.parse(text).errors[0].code;
  return { status: response.status, headers: response.headers, code };
}

/** Opens a session and gives its location. */
async function open(registry: Registry): Promise<string> {
  const { headers } = await call(registry, "POST", "/v2/a/blobs/uploads/");
  return headers.get("location") ?? "";
}

function chunk(first: number, last: number): {
  body: Uint8Array;
  headers: Record<string, string>;
} {
  return {
    body: BYTES.subarray(first, last + 1),
    headers: { "content-range": `${first}-${last}` },
  };
}

Deno.test("a blob is pushed by POST and PUT", async () => {
  await using registry = await startRegistry();
  const location = await open(registry);

  const put = await call(registry, "PUT", `${location}?digest=${DIGEST}`, {
    body: BYTES,
  });

  assertMatch(location, /\/v2\/a\/blobs\/uploads\/[0-9a-f-]{36}$/);
  assertEquals(put.status, 201);
  assertEquals(put.headers.get("location"), `/v2/a/blobs/${DIGEST}`);
  assertEquals(registry.blob(DIGEST), BYTES);
});

Deno.test("a blob is pushed by a single POST, or the POST opens a session", async () => {
  await using registry = await startRegistry();
  await using strict = await startRegistry({ behavior: { singlePost: false } });
  const path = `/v2/a/blobs/uploads/?digest=${DIGEST}`;

  const single = await call(registry, "POST", path, { body: BYTES });
  const session = await call(strict, "POST", path, { body: BYTES });

  assertEquals([single.status, session.status], [201, 202]);
  assertEquals(registry.blob(DIGEST), BYTES);
  assertEquals(strict.blob(DIGEST), undefined);
});

Deno.test("a blob is pushed in chunks, the last one with the PUT", async () => {
  await using registry = await startRegistry();
  const location = await open(registry);

  const first = await call(registry, "PATCH", location, chunk(0, 9));
  const second = await call(registry, "PATCH", location, chunk(10, 19));
  const status = await call(registry, "GET", location);
  const last = chunk(20, BYTES.byteLength - 1);
  const put = await call(registry, "PUT", `${location}?digest=${DIGEST}`, last);

  assertEquals([first.status, second.status, status.status], [202, 202, 204]);
  assertEquals(first.headers.get("range"), "0-9");
  assertEquals(status.headers.get("range"), "0-19");
  assertEquals(put.status, 201);
  assertEquals(registry.blob(DIGEST), BYTES);
});

Deno.test("a chunk out of order is refused, and the session goes on", async () => {
  await using registry = await startRegistry();
  const location = await open(registry);
  await call(registry, "PATCH", location, chunk(0, 9));

  const gap = await call(registry, "PATCH", location, chunk(15, 19));
  const again = await call(registry, "PATCH", location, chunk(0, 9));
  const lying = await call(registry, "PATCH", location, {
    ...chunk(10, 19),
    headers: { "content-range": "10-11" },
  });
  const closing = await call(
    registry,
    "PUT",
    `${location}?digest=${DIGEST}`,
    chunk(15, 19),
  );
  const next = await call(registry, "PATCH", location, chunk(10, 19));

  assertEquals([gap.status, again.status, closing.status], [416, 416, 416]);
  assertEquals(gap.headers.get("range"), "0-9");
  assertEquals([lying.status, lying.code], [400, "SIZE_INVALID"]);
  assertEquals(next.status, 202);
});

Deno.test("content that is not what the digest says is refused", async () => {
  await using registry = await startRegistry();
  const put = async (digest: string) =>
    await call(registry, "PUT", `${await open(registry)}?digest=${digest}`, {
      body: BYTES,
    });

  for (const digest of [OTHER_DIGEST, "sha256:1", "md5:0", ""]) {
    const { status, code } = await put(digest);
    assertEquals([status, code], [400, "DIGEST_INVALID"], digest);
  }
  assertEquals(registry.blob(OTHER_DIGEST), undefined);
});

Deno.test("a cancelled or unknown session is gone", async () => {
  await using registry = await startRegistry();
  const location = await open(registry);

  const cancel = await call(registry, "DELETE", location);
  const calls = [
    await call(registry, "DELETE", location),
    await call(registry, "GET", location),
    await call(registry, "PATCH", location, chunk(0, 9)),
    await call(registry, "PUT", `${location}?digest=${DIGEST}`),
  ];

  assertEquals(cancel.status, 204);
  for (const { status, code } of calls) {
    assertEquals([status, code], [404, "BLOB_UPLOAD_UNKNOWN"]);
  }
});

Deno.test("a blob is mounted where it is, else the upload begins", async () => {
  await using registry = await startRegistry();
  registry.putBlob(BYTES, { repository: "source" });
  const mount = (query: string) =>
    call(registry, "POST", `/v2/a/blobs/uploads/?mount=${query}`);

  const mounted = await mount(`${DIGEST}&from=source`);
  const anonymous = await mount(DIGEST);
  const elsewhere = await mount(`${DIGEST}&from=other`);
  const unknown = await mount(`${OTHER_DIGEST}&from=source`);
  const malformed = await mount("sha256:1&from=source");

  assertEquals([mounted.status, anonymous.status], [201, 201]);
  assertEquals(mounted.headers.get("location"), `/v2/a/blobs/${DIGEST}`);
  assertEquals([elsewhere.status, unknown.status], [202, 202]);
  assertEquals(malformed.code, "DIGEST_INVALID");
});

Deno.test("a registry can limit the size of chunks on both sides", async () => {
  const behavior: RegistryBehavior = { minChunkBytes: 8, maxChunkBytes: 16 };
  await using registry = await startRegistry({ behavior });
  const { headers } = await call(registry, "POST", "/v2/a/blobs/uploads/");
  const location = headers.get("location") ?? "";

  const large = await call(registry, "PATCH", location, chunk(0, 16));
  const small = await call(registry, "PATCH", location, chunk(0, 3));
  const after = await call(registry, "PATCH", location, chunk(4, 9));

  assertEquals(headers.get("oci-chunk-min-length"), "8");
  assertEquals([large.status, small.status, after.status], [413, 202, 400]);
  assertEquals(after.code, "BLOB_UPLOAD_INVALID");
});

Deno.test("an upload elsewhere wants the signature and no credentials", async () => {
  await using registry = await startRegistry({
    auth: { kind: "basic", users: { alice: "wonder" } },
    behavior: { uploadsElsewhere: true },
  });
  const headers = { authorization: `Basic ${btoa("alice:wonder")}` };
  const session = await call(registry, "POST", "/v2/a/blobs/uploads/", {
    headers,
  });
  const location = session.headers.get("location") ?? "";
  const target = `${location}&digest=${DIGEST}`;

  const leaked = await call(registry, "PUT", target, { body: BYTES, headers });
  const clean = await call(registry, "PUT", target, { body: BYTES });

  assertEquals(new URL(location).origin, registry.secondOrigin);
  assertEquals([leaked.status, clean.status], [400, 201]);
});

Deno.test("locations have scheme and host where the registry is told so", async () => {
  await using registry = await startRegistry({
    behavior: { absoluteLocations: true },
  });
  assertEquals(new URL(await open(registry)).origin, registry.origin);
});
