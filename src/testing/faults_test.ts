import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Fault,
  type FaultAction,
  type Registry,
  startRegistry,
} from "./mod.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);

/** A registry with one blob, the URL of the blob, and the fault on its pulls. */
async function withFault(
  action: FaultAction,
): Promise<{ registry: Registry; url: string }> {
  const fault: Fault = { match: { method: "GET", path: /\/blobs\// }, action };
  const registry = await startRegistry({ faults: [fault] });
  const digest = registry.putBlob(BYTES, { repository: "acme/notes" });
  return { registry, url: `${registry.origin}/v2/acme/notes/blobs/${digest}` };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

/** A promise and the way to resolve it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => open = resolve);
  return { opened, open };
}

Deno.test("a reply in place of the registry's own", async () => {
  const { registry, url } = await withFault({
    kind: "reply",
    status: 429,
    headers: { "retry-after": "7" },
    body: "<html>slow down</html>",
  });
  await using _ = registry;

  const response = await fetch(url);

  assertEquals(response.status, 429);
  assertEquals(response.headers.get("retry-after"), "7");
  assertEquals(await response.text(), "<html>slow down</html>");
});

Deno.test("a reply made from the registry's own, after its work", async () => {
  await using registry = await startRegistry();
  registry.fault({
    match: { method: "POST" },
    action: { kind: "alter", change: (reply) => ({ ...reply, status: 502 }) },
  });

  const response = await fetch(`${registry.origin}/v2/a/blobs/uploads/`, {
    method: "POST",
  });
  await response.body?.cancel();
  const location = response.headers.get("location") ?? "";
  const session = await fetch(new URL(location, registry.origin));

  assertEquals([response.status, session.status], [502, 204]);
});

Deno.test("header fields set, repeated and removed", async () => {
  const { registry, url } = await withFault({
    kind: "headers",
    set: { warning: ['299 - "one"', '299 - "two"'] },
    remove: ["docker-content-digest"],
  });
  await using _ = registry;

  const { headers } = await fetch(url, { method: "GET" }).then(
    async (response) => (await response.body?.cancel(), response),
  );

  assertEquals(headers.get("warning"), '299 - "one", 299 - "two"');
  assertEquals(headers.get("docker-content-digest"), null);
});

Deno.test("a redirect that depends on the request", async () => {
  const { registry, url } = await withFault({
    kind: "redirect",
    status: 302,
    to: ({ path }) => `https://elsewhere.invalid${path}`,
  });
  await using _ = registry;

  const response = await fetch(url, { redirect: "manual" });
  await response.body?.cancel();

  assertEquals(response.status, 302);
  assertEquals(
    response.headers.get("location"),
    `https://elsewhere.invalid${new URL(url).pathname}`,
  );
});

Deno.test("other bytes, of another length or of the same", async () => {
  const short = await withFault({ kind: "body", bytes: (all) => all.slice(5) });
  const other = await withFault({ kind: "body", bytes: new Uint8Array(3) });
  const flipped = await withFault({ kind: "corrupt" });
  const first = await withFault({ kind: "corrupt", at: 0 });
  const pull = async ({ registry, url }: typeof short) => {
    await using _ = registry;
    return await bytesOf(await fetch(url));
  };

  assertEquals(await pull(short), BYTES.slice(5));
  assertEquals(await pull(other), new Uint8Array(3));
  const expected = BYTES.slice();
  expected[999] = expected[999]! ^ 0xff;
  assertEquals(await pull(flipped), expected);
  assertEquals((await pull(first))[0], 0xff);
});

Deno.test("a length that is a lie, or not said at all", async () => {
  const small = await withFault({ kind: "content-length", bytes: 10 });
  const large = await withFault({ kind: "content-length", bytes: 2000 });
  const absent = await withFault({ kind: "content-length", bytes: "absent" });

  const truncated = await fetch(small.url);
  const early = await fetch(large.url);
  const chunked = await fetch(absent.url);

  assertEquals(await bytesOf(truncated), BYTES.slice(0, 10));
  await assertRejects(() => early.arrayBuffer(), TypeError);
  assertEquals(chunked.headers.get("content-length"), null);
  assertEquals(await bytesOf(chunked), BYTES);
  for (const { registry } of [small, large, absent]) await registry.close();
});

Deno.test("a body that is cut arrives up to the cut", async () => {
  for (const afterBytes of [0, 1, 999]) {
    const { registry, url } = await withFault({ kind: "cut", afterBytes });
    await using _ = registry;

    const { body, status } = await fetch(url);
    const reader = body!.getReader();
    let received = 0;
    await assertRejects(async () => {
      for (;;) received += (await reader.read()).value!.byteLength;
    }, TypeError);

    assertEquals([status, received], [200, afterBytes]);
  }
});

Deno.test("a reset connection, before or after the work is done", async () => {
  for (const after of ["arrival", "body", "handling"] as const) {
    await using registry = await startRegistry();
    registry.fault({
      match: { method: "POST" },
      action: { kind: "reset", after },
    });
    const digest =
      "sha256:9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a";
    const url = `${registry.origin}/v2/a/blobs/uploads/?digest=${digest}`;

    await assertRejects(
      () => fetch(url, { method: "POST", body: Uint8Array.of(1, 2, 3, 4) }),
      TypeError,
    );

    assertEquals(registry.blob(digest) !== undefined, after === "handling");
    assertEquals(registry.requests[0]?.status, undefined);
  }
});

Deno.test("a reply that is held begins when the promise resolves", async () => {
  const { opened, open } = gate();
  await using registry = await startRegistry();
  const fault = registry.fault({ action: { kind: "hold", until: opened } });

  const pending = [1, 2, 3].map(() => fetch(`${registry.origin}/v2/`));
  await fault.met(3);
  const before = registry.requests.map(({ status }) => status);
  open();
  for (const response of await Promise.all(pending)) {
    assertEquals(await response.text(), "{}");
  }

  assertEquals(before, [undefined, undefined, undefined]);
  assertEquals(registry.requests.map(({ status }) => status), [200, 200, 200]);
  assertEquals(registry.peakRequests, 3);
});

Deno.test("a body that stalls goes on when the promise resolves", async () => {
  const { opened, open } = gate();
  const { registry, url } = await withFault({
    kind: "stall",
    afterBytes: 400,
    until: opened,
  });
  await using _ = registry;

  const reader = (await fetch(url)).body!.getReader();
  let received = 0;
  while (received < 400) received += (await reader.read()).value!.byteLength;
  assertEquals(received, 400);
  open();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    received += value.byteLength;
  }

  assertEquals(received, 1000);
});

Deno.test("a body that stalls for ever ends with the client's patience", async () => {
  const { registry, url } = await withFault({ kind: "stall", afterBytes: 0 });
  await using _ = registry;
  const stop = new AbortController();

  const response = await fetch(url, { signal: stop.signal });
  stop.abort(new Error("enough"));

  await assertRejects(() => response.arrayBuffer(), Error);
});

Deno.test("a body that drips waits after each piece", async () => {
  const sent: number[] = [];
  const { registry, url } = await withFault({
    kind: "drip",
    chunkBytes: 300,
    pace: (bytes) => Promise.resolve(sent.push(bytes)),
  });
  await using _ = registry;

  assertEquals(await bytesOf(await fetch(url)), BYTES);
  assertEquals(sent, [300, 600, 900, 1000]);
});

Deno.test("bytes that are not HTTP", async () => {
  const { registry, url } = await withFault({
    kind: "raw",
    bytes: "220 mail.example ESMTP\r\n\r\n",
  });
  await using _ = registry;

  await assertRejects(() => fetch(url), TypeError);
});

Deno.test("a fault meets the requests that agree with all of its match", async () => {
  await using registry = await startRegistry();
  const teapot: FaultAction = { kind: "reply", status: 418 };
  const second = registry.fault({
    match: { method: ["GET", "HEAD"], path: /tags\/list$/g, nth: 2 },
    action: teapot,
  });
  const twice = registry.fault({
    match: { query: /n=1/ },
    times: 2,
    action: teapot,
  });
  registry.fault({
    match: { when: ({ headers }) => headers["x-bad"] === "yes" },
    action: teapot,
  });
  const status = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${registry.origin}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };

  assertEquals(await status("/v2/a/tags/list"), 404);
  assertEquals(await status("/v2/"), 200);
  assertEquals(await status("/v2/a/tags/list"), 418);
  assertEquals(await status("/v2/a/tags/list"), 404);
  assertEquals(await status("/v2/?n=1"), 418);
  assertEquals(await status("/v2/?n=1"), 418);
  assertEquals(await status("/v2/?n=1"), 200);
  assertEquals(await status("/v2/", { "x-bad": "yes" }), 418);
  assertEquals([second.hits, twice.hits], [1, 2]);
  registry.clearFaults();
  assertEquals(await status("/v2/", { "x-bad": "yes" }), 200);
});

Deno.test("a fault that is taken away is met no more", async () => {
  await using registry = await startRegistry();
  const fault = registry.fault({ action: { kind: "reply", status: 500 } });
  fault.remove();
  const response = await fetch(`${registry.origin}/v2/`);
  assertEquals([await response.text(), fault.hits], ["{}", 0]);
});

Deno.test("several faults that meet one request are applied in their order", async () => {
  await using registry = await startRegistry();
  registry.fault({ action: { kind: "reply", status: 503, body: "busy" } });
  registry.fault({ action: { kind: "headers", set: { "retry-after": "1" } } });
  registry.fault({ action: { kind: "body", bytes: new Uint8Array(2) } });

  const response = await fetch(`${registry.origin}/v2/`);

  assertEquals(response.headers.get("retry-after"), "1");
  assertEquals(await bytesOf(response), new Uint8Array(2));
});

Deno.test("a fault that fails itself says so", async () => {
  await using registry = await startRegistry();
  registry.fault({
    action: {
      kind: "alter",
      change: () => {
        throw new Error("no such page");
      },
    },
  });
  const response = await fetch(`${registry.origin}/v2/`);
  const text = await response.text();
  assertEquals(response.status, 500);
  assert(text.includes("no such page"));
});
