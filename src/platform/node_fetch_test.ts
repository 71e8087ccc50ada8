import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { startRegistry } from "../testing/mod.ts";
import { createNodeFetch } from "./node_fetch.ts";

Deno.test("a request for public addresses only does not reach this machine by a name", async () => {
  await using registry = await startRegistry();
  const { port } = new URL(registry.origin);
  const url = `http://localhost:${port}/v2/`;
  const fetch = createNodeFetch();
  const error = await assertRejects(() => fetch(url, { publicOnly: true }));
  const codes: unknown[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    codes.push((at as { code?: unknown }).code);
  }
  assert(codes.includes("ERR_PRIVATE_ADDRESS"), String(codes));
  assertEquals(registry.requests.length, 0);
});

Deno.test("any other request may go where it likes", async () => {
  await using registry = await startRegistry();
  const response = await createNodeFetch()(`${registry.origin}/v2/`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("a body is given as it was sent, whatever its Content-Encoding", async () => {
  await using registry = await startRegistry();
  const fetch = createNodeFetch();
  const packed = new Uint8Array(gzipSync("packed"));
  const plain = new TextEncoder().encode("plain");
  for (
    const [encoding, body] of [["gzip", packed], ["gzip", plain], [
      "br",
      plain,
    ]] as const
  ) {
    registry.clearFaults();
    registry.fault({
      action: {
        kind: "reply",
        status: 200,
        headers: { "content-encoding": encoding },
        body,
      },
    });
    for (const publicOnly of [false, true]) {
      const response = await fetch(`${registry.origin}/v2/`, { publicOnly });
      assertEquals(response.headers.get("content-encoding"), encoding);
      assertEquals(new Uint8Array(await response.arrayBuffer()), body);
    }
  }
});
