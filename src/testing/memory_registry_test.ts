import { assertEquals, assertRejects } from "@std/assert";
import { pushWasm, startRegistry } from "./mod.ts";

const WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

Deno.test("a module that was put in is pulled by tag and layer", async () => {
  await using registry = await startRegistry();
  const pushed = await pushWasm(registry, "acme/notes", "v1", WASM);
  const base = `${registry.origin}/v2/acme/notes`;

  const manifest = await fetch(`${base}/manifests/v1`);
  const layer = await fetch(`${base}/blobs/${pushed.layerDigest}`);

  assertEquals(manifest.headers.get("docker-content-digest"), pushed.digest);
  assertEquals((await manifest.json()).layers[0].digest, pushed.layerDigest);
  assertEquals(new Uint8Array(await layer.arrayBuffer()), WASM);
  assertEquals(
    registry.requests.map(({ method, status }) => [method, status]),
    [
      ["GET", 200],
      ["GET", 200],
    ],
  );
});

Deno.test("requests are recorded with their credentials until they are cleared", async () => {
  await using registry = await startRegistry();
  const response = await fetch(`${registry.origin}/v2/?ns=a&b`, {
    method: "POST",
    body: "12345",
    headers: { authorization: "Bearer x", "x-own": "1" },
  });
  await response.body?.cancel();

  const [record] = registry.requests;
  assertEquals(record?.method, "POST");
  assertEquals([record?.path, record?.query], ["/v2/", "ns=a&b"]);
  assertEquals([record?.host, record?.status], [registry.host, 405]);
  assertEquals(record?.authorization, "Bearer x");
  assertEquals(record?.headers["x-own"], "1");
  assertEquals(record?.bodyBytes, 5);
  registry.requests.clear();
  assertEquals([...registry.requests], []);
});

Deno.test("what is put in without a request need not be right", async () => {
  await using registry = await startRegistry();
  const wrong = `sha256:${"0".repeat(64)}`;
  registry.putManifest("acme/notes", wrong, "no JSON", "text/plain");
  registry.putManifest("acme/notes", "v1", { schemaVersion: 2, odd: true });

  const base = `${registry.origin}/v2/acme/notes/manifests`;
  const broken = await fetch(`${base}/${wrong}`);
  const odd = await fetch(`${base}/v1`);

  assertEquals(broken.headers.get("content-type"), "text/plain");
  assertEquals(await broken.text(), "no JSON");
  assertEquals(await odd.json(), { schemaVersion: 2, odd: true });
  assertEquals(registry.tags("acme/notes"), ["v1"]);
});

Deno.test("an index is put in with what it lists", async () => {
  await using registry = await startRegistry();
  const { manifest } = registry.image("acme/notes", "", { layers: [] });
  const index = registry.index("acme/notes", "v1", [manifest]);

  const url = `${registry.origin}/v2/acme/notes/manifests/v1`;
  const response = await fetch(url);

  assertEquals(response.headers.get("docker-content-digest"), index.digest);
  assertEquals((await response.json()).manifests, [manifest]);
});

Deno.test("paths outside the protocol are not found, bad names are bad requests", async () => {
  await using registry = await startRegistry();
  const ask = async (path: string) => {
    const response = await fetch(`${registry.origin}${path}`);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await ask("/"), 404);
  assertEquals(await ask("/token"), 404);
  assertEquals(await ask("/v2/UPPER/tags/list"), 400);
});

Deno.test("a closed registry is gone, and closing it again does nothing", async () => {
  const registry = await startRegistry();
  const url = `${registry.origin}/v2/`;
  const pending = registry.fault({ action: { kind: "stall", afterBytes: 0 } });
  const response = await fetch(url);
  assertEquals(pending.hits, 1);

  await registry.close();
  await registry.close();

  await assertRejects(() => response.text(), TypeError);
  await assertRejects(() => fetch(url), TypeError);
});

Deno.test("a port that is taken is an error of the start", async () => {
  await using registry = await startRegistry();
  const port = Number(registry.host.split(":")[1]);
  await assertRejects(() => startRegistry({ port }), Error);
});
