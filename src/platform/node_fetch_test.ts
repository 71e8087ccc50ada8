import { assert, assertEquals, assertRejects } from "@std/assert";
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
