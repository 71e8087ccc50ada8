import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { withAllowlist } from "./allowlist.ts";
import { NetworkDeniedError } from "./network_denied_error.ts";

const answering = () => Promise.resolve(new Response("yes"));

Deno.test("hosts on the allowlist are reached", async (t) => {
  const table: readonly [pattern: string, url: string][] = [
    ["ghcr.io", "https://ghcr.io/v2/"],
    ["GHCR.io", "https://ghcr.io/v2/"],
    ["ghcr.io", "https://ghcr.io:8443/v2/"],
    ["ghcr.io", "https://ghcr.io./v2/"],
    ["ghcr.io:443", "https://ghcr.io/v2/"],
    ["localhost:5000", "http://localhost:5000/v2/"],
    ["[::1]:5000", "http://[::1]:5000/v2/"],
    ["[::1]", "http://[::1]:5000/v2/"],
    ["*.example.com", "https://a.b.example.com/"],
    ["*", "https://anything.example/"],
  ];
  for (const [pattern, url] of table) {
    await t.step(`${pattern} allows ${url}`, async () => {
      const fetch = withAllowlist(answering, { hosts: [pattern] });
      assertEquals(await (await fetch(url)).text(), "yes");
    });
  }
});

Deno.test("other hosts are refused", async (t) => {
  const table: readonly [pattern: string, url: string][] = [
    ["ghcr.io", "https://evil-ghcr.io/"],
    ["ghcr.io", "https://ghcr.io.evil.example/"],
    ["ghcr.io:443", "https://ghcr.io:8443/"],
    ["ghcr.io:443", "http://ghcr.io/"],
    ["*.example.com", "https://example.com/"],
    ["*.example.com", "https://evilexample.com/"],
    ["localhost:5000", "http://localhost:5001/"],
    ["ghcr.io", "https://user@evil.example/?ghcr.io"],
  ];
  for (const [pattern, url] of table) {
    await t.step(`${pattern} refuses ${url}`, async () => {
      const fetch = withAllowlist(answering, { hosts: [pattern] });
      await assertRejects(() => fetch(url), NetworkDeniedError);
    });
  }
});

Deno.test("a refusal names host and port, what asked, and what would allow it", async () => {
  const fetch = withAllowlist(answering, {
    hosts: [],
    hint: (host) => `Run Deno with --allow-net=${host}`,
  });
  const error = await assertRejects(
    () => fetch("https://auth.example/token?secret", { purpose: "realm" }),
    NetworkDeniedError,
  );
  assertInstanceOf(error, NetworkDeniedError);
  assertEquals(error.code, "NETWORK_DENIED");
  assertEquals(error.host, "auth.example:443");
  assertEquals(error.purpose, "realm");
  assertEquals(
    error.message,
    "Refused to connect to auth.example:443 (realm): it is not among the allowed hosts",
  );
  assertEquals(error.hint, "Run Deno with --allow-net=auth.example:443");
});
