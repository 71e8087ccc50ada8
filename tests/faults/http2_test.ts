/** Streams of HTTP/2, and connections with it, that are given up on the way. */

import { assertEquals, assertInstanceOf } from "@std/assert";
import { NetworkError, withTransport } from "../../src/http/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import { createTestCertificates } from "../../src/testing/mod.ts";
import { type Http2Answer, startHttp2Server } from "./http2_server.ts";
import { TrafficClock } from "./traffic_clock.ts";

/** Asks a server for `/`, as the client of registries does. */
async function ask(answers: readonly Http2Answer[]) {
  const { ca, server: certificate } = createTestCertificates();
  await using server = await startHttp2Server(certificate, answers);
  const clock = new TrafficClock();
  const fetch = withTransport(clock.watch(platform.fetch), { clock });
  const asked = fetch(server.url, { tls: { caCerts: [ca] }, bufferBytes: 100 });
  const outcome = await asked.then((response) => response.text())
    .catch((error: unknown) => error);
  return { outcome, requests: server.requests() };
}

const WHOLE: Http2Answer = { kind: "whole", body: "whole" };

/** Errors of HTTP/2 (RFC 9113, section 7) with which servers give a stream up. */
const STREAM_ERRORS: Readonly<Record<string, number>> = {
  "NO_ERROR": 0,
  "INTERNAL_ERROR": 2,
  "REFUSED_STREAM": 7,
  "CANCEL": 8,
  "ENHANCE_YOUR_CALM": 11,
};

for (const [name, error] of Object.entries(STREAM_ERRORS)) {
  Deno.test(`a stream of HTTP/2 that is given up once with ${name} is asked for again`, async () => {
    for (const kind of ["reset", "goaway"] as const) {
      const { outcome, requests } = await ask([{ kind, error }, WHOLE]);
      assertEquals([outcome, requests], ["whole", 2], kind);
    }
  });

  Deno.test(`a body over HTTP/2 that is cut once with ${name} is asked for again`, async () => {
    const cut = { kind: "cut", length: 100, error } as const;
    const { outcome, requests } = await ask([cut, WHOLE]);
    assertEquals([outcome, requests], ["whole", 2]);
  });
}

Deno.test("a stream of HTTP/2 that is always given up fails after three tries", async () => {
  const { outcome, requests } = await ask([{ kind: "reset", error: 2 }]);
  assertInstanceOf(outcome, NetworkError);
  assertEquals([outcome.reason, requests], ["reset", 3]);
});
