import { assert, assertEquals, assertRejects } from "@std/assert";
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
  assertEquals(await layer.bytes(), WASM);
  assertEquals(
    registry.requests.map(({ method, status }) => [method, status]),
    [
      ["GET", 200],
      ["GET", 200],
    ],
  );
});

Deno.test("a cut body fails in the middle", async () => {
  await using registry = await startRegistry();
  const bytes = new Uint8Array(100_000).fill(7);
  const digest = registry.putBlob(bytes, { repository: "acme/notes" });
  const fault = registry.fault({
    match: { path: /\/blobs\// },
    times: 1,
    action: { kind: "cut", afterBytes: 1_000 },
  });
  const url = `${registry.origin}/v2/acme/notes/blobs/${digest}`;

  const cut = await fetch(url);
  await assertRejects(() => cut.bytes(), TypeError);
  const whole = await fetch(url);

  assertEquals((await whole.bytes()).byteLength, 100_000);
  assertEquals(fault.hits, 1);
  assert(registry.requests.every(({ status }) => status === 200));
});
