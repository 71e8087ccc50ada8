import { assert, assertEquals, assertRejects } from "@std/assert";
import { createServer } from "node:http";
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

/** A proxy that answers everything itself, and what it was asked for. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("from the proxy");
  });
  await new Promise<void>((listening) =>
    server.listen(0, "127.0.0.1", listening)
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    host: `127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

Deno.test("a proxy is taken from the environment, with and without its scheme", async () => {
  await using proxy = await startProxy();
  for (
    const [name, value] of [
      ["HTTP_PROXY", `http://${proxy.host}`],
      ["http_proxy", proxy.host],
      ["ALL_PROXY", ` ${proxy.host} `],
    ] as const
  ) {
    const fetch = createNodeFetch({ [name]: value });
    const response = await fetch("http://registry.test/v2/");
    assertEquals(await response.text(), "from the proxy", name);
  }
  assertEquals(proxy.asked, Array(3).fill("http://registry.test/v2/"));
});

Deno.test("who is named in NO_PROXY is reached without the proxy", async () => {
  await using proxy = await startProxy();
  await using registry = await startRegistry();
  for (const list of ["127.0.0.0/8", "corp.example,127.0.0.1", "*"]) {
    const env = { HTTP_PROXY: `http://${proxy.host}`, no_proxy: list };
    const response = await createNodeFetch(env)(`${registry.origin}/v2/`);
    assertEquals(response.status, 200, list);
    await response.body?.cancel();
  }
  assertEquals(proxy.asked, []);
  assertEquals(registry.requests.length, 3);
});
