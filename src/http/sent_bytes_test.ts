import { assertEquals } from "@std/assert";
import type { FetchInit } from "./fetch.ts";
import { withSentBytes } from "./sent_bytes.ts";

const URL_A = "https://r.example/a";
const BYTES = crypto.getRandomValues(new Uint8Array(40_000));
const LARGE = new Uint8Array([...BYTES, ...BYTES, ...BYTES, ...BYTES]);

/** What a fetch is given, and what of its body is on its way at each piece. */
async function send(init: FetchInit) {
  let given: FetchInit = {};
  const fetch = withSentBytes((_input, init = {}) => {
    given = init;
    return Promise.resolve(new Response());
  });
  await fetch(URL_A, init);
  return given;
}

Deno.test("a body that is counted arrives whole, and can be sent again", async () => {
  const sent: number[] = [];
  const init: FetchInit = {
    method: "PATCH",
    body: LARGE,
    onSent: (bytes) => sent.push(bytes),
  };
  for (let attempt = 0; attempt < 2; attempt++) {
    const { body, method } = await send(init);
    const arrived = await new Response(body ?? null).bytes();
    assertEquals(arrived, LARGE);
    assertEquals(method, "PATCH");
    assertEquals(sent.splice(0), [0, 65_536, 131_072, 160_000]);
  }
  assertEquals(LARGE.byteLength, 160_000);
});

Deno.test("nothing is counted before somebody asks for it", async () => {
  const sent: number[] = [];
  await send({ body: LARGE, onSent: (bytes) => sent.push(bytes) });
  assertEquals(sent, []);
});

Deno.test("what nobody wants to hear of is passed as it is", async () => {
  assertEquals((await send({ body: LARGE })).body, LARGE);
  assertEquals((await send({ body: "a", onSent: () => {} })).body, "a");
  assertEquals((await send({ onSent: () => {} })).body, undefined);
});
