import { assert, assertEquals, assertRejects } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { get } from "node:https";
import { createTestCertificates, startRegistry } from "./mod.ts";

/** Asks over TLS and gives the status. */
function ask(
  url: string,
  options: { ca?: string; key?: string; cert?: string },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...options, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject);
  });
}

Deno.test("a client that trusts the authority reaches the registry, another does not", async () => {
  const { ca, server } = createTestCertificates();
  await using registry = await startRegistry({ tls: server });
  const url = `${registry.origin}/v2/`;

  assertEquals(await ask(url, { ca }), 200);
  await assertRejects(() => ask(url, {}), Error);
});

Deno.test("a registry that wants a client certificate turns others away", async () => {
  const { ca, server, client } = createTestCertificates();
  await using registry = await startRegistry({
    tls: { ...server, clientCa: ca },
  });
  const url = `${registry.origin}/v2/`;

  assertEquals(await ask(url, { ca, ...client }), 200);
  await assertRejects(() => ask(url, { ca }), Error);
});

Deno.test("certificates name their hosts and are valid around the given time", () => {
  const now = Date.UTC(2049, 11, 31, 12);
  const { ca, server } = createTestCertificates({
    hosts: ["registry.test", "10.0.0.1"],
    now,
  });
  const authority = new X509Certificate(ca);
  const certificate = new X509Certificate(server.cert);

  assert(authority.ca);
  assert(!certificate.ca);
  assertEquals(certificate.issuer, authority.subject);
  assertEquals(Date.parse(certificate.validFrom), now - 86_400_000);
  assertEquals(Date.parse(certificate.validTo), now + 86_400_000);
});
