import { assertEquals, assertRejects } from "@std/assert";
import { type Piece, play, type Script, VirtualClock } from "./fakes_test.ts";
import { NetworkError } from "./network_error.ts";
import { withTimeout } from "./timeout.ts";

const URL_A = "https://r.example/a";
const GET = `GET ${URL_A}`;
const PUT = `PUT ${URL_A}`;

const fetchOf = (script: Script) =>
  withTimeout(script.fetch, { clock: script.clock });

Deno.test("headers that do not come within a minute end the attempt", () =>
  play([[GET, "hang"]], async (script) => {
    const start = script.clock.now();
    const error = await assertRejects(
      () => fetchOf(script)(URL_A),
      NetworkError,
    );
    assertEquals(error.code, "NETWORK_TIMEOUT");
    assertEquals(error.reason, "timeout");
    assertEquals(error.host, "r.example");
    assertEquals(script.clock.now() - start, 60_000);
  }));

Deno.test("a request's own limit goes before the usual one", () =>
  play([[GET, "hang"]], async (script) => {
    const start = script.clock.now();
    await assertRejects(() => fetchOf(script)(URL_A, { timeoutMs: 1500 }));
    assertEquals(script.clock.now() - start, 1500);
  }));

Deno.test("a fetch that ignores its signal is left behind", async () => {
  const fetch = withTimeout(() => new Promise(() => {}), {
    clock: {
      now: () => 0,
      random: () => 0,
      sleep: () => new Promise(() => {}),
    },
  });
  const reason = new Error("enough");
  const controller = new AbortController();
  const fetching = fetch(URL_A, { signal: controller.signal });
  controller.abort(reason);
  assertEquals(await assertRejects(() => fetching), reason);
});

Deno.test("a body that stands still for half a minute ends", () =>
  play([[GET, { body: ["some", "hang"] }]], async (script) => {
    const response = await fetchOf(script)(URL_A);
    const start = script.clock.now();
    const error = await assertRejects(() => response.text(), NetworkError);
    assertEquals(error.code, "NETWORK_TIMEOUT");
    assertEquals(error.reason, "idle");
    assertEquals(script.clock.now() - start, 30_000);
  }));

Deno.test("a body that only drips ends too", () => {
  const drips: Piece[] = Array.from({ length: 100 }, () => ({ afterMs: 4000 }));
  return play([[GET, { body: drips }]], async (script) => {
    const response = await fetchOf(script)(URL_A);
    const error = await assertRejects(() => response.text(), NetworkError);
    assertEquals(error.reason, "idle");
  });
});

Deno.test("a body that is slow but moves is waited for", () => {
  const pieces = Array.from(
    { length: 10 },
    () => [{ afterMs: 20_000 }, "x".repeat(2000)],
  ).flat();
  return play([[GET, { body: pieces }]], async (script) => {
    const response = await fetchOf(script)(URL_A);
    assertEquals((await response.arrayBuffer()).byteLength, 20_010);
  });
});

Deno.test("time that the reader takes does not count", () =>
  play([[GET, { body: ["a", "b", "c"] }]], async (script) => {
    const response = await fetchOf(script)(URL_A);
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      await script.clock.sleep(100_000);
    }
    assertEquals(text, "abc");
  }));

Deno.test("a body that is cut is a reset in plain words", () =>
  play([
    [GET, {
      body: ["half", new TypeError("error reading a body from connection")],
    }],
  ], async (script) => {
    const response = await fetchOf(script)(URL_A);
    const error = await assertRejects(() => response.text(), NetworkError);
    assertEquals(error.code, "NETWORK_FAILED");
    assertEquals(error.reason, "reset");
    assertEquals(
      error.message,
      "Failed to reach r.example: the connection was closed early",
    );
  }));

Deno.test("an abort while the body is read rejects with its own reason", () =>
  play([[GET, { body: ["half", "hang"] }]], async (script) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { signal } = controller;
    const response = await fetchOf(script)(URL_A, { signal });
    const reading = response.text();
    controller.abort(reason);
    assertEquals(await assertRejects(() => reading), reason);
  }));

Deno.test("a body that ignores its signal is left behind", async () => {
  const clock = new VirtualClock();
  const stuck = new ReadableStream({ pull: () => new Promise(() => {}) });
  const fetch = withTimeout(() => Promise.resolve(new Response(stuck)), {
    clock,
  });
  const response = await fetch(URL_A);
  const error = await assertRejects(() => response.text(), NetworkError);
  assertEquals(error.reason, "idle");
});

Deno.test("a request that is aborted beforehand is not sent", () =>
  play([], async (script) => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assertRejects(
      () => fetchOf(script)(URL_A, { signal }),
      Error,
      "enough",
    );
  }));

Deno.test("nothing is left watching after a body has ended or been cancelled", () =>
  play([
    [GET, { body: "whole" }],
    [GET, { body: ["some", "hang"] }],
  ], async (script) => {
    const fetch = fetchOf(script);
    await (await fetch(URL_A)).text();
    const reader = (await fetch(URL_A)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const start = script.clock.now();
    await script.clock.sleep(1);
    assertEquals(script.clock.now() - start, 1);
  }));

Deno.test("a clock that does not wait only switches the limits off", async () => {
  const fetch = withTimeout(() => Promise.resolve(new Response("here")), {
    clock: { now: () => 0, random: () => 0, sleep: () => Promise.resolve() },
  });
  assertEquals(await (await fetch(URL_A)).text(), "here");
});

Deno.test("a large body that is sent has more time, and not for ever", () =>
  play([[PUT, "hang"], [PUT, "hang"]], async (script) => {
    const fetch = fetchOf(script);
    for (const [mib, seconds] of [[4, 60 + 128], [100, 60 + 600]] as const) {
      const start = script.clock.now();
      const body = new Uint8Array(mib * 1024 * 1024);
      const error = await assertRejects(
        () => fetch(URL_A, { method: "PUT", body }),
        NetworkError,
      );
      assertEquals(error.reason, "timeout");
      assertEquals(script.clock.now() - start, seconds * 1000);
    }
  }));

Deno.test("a body that is seen to move is waited for, and one that stands still is not", async () => {
  const clock = new VirtualClock();
  const start = clock.now();
  const piecesMs = [50_000, 50_000, 50_000, Infinity];
  const fetch = withTimeout(async (_input, { onSent, signal } = {}) => {
    for (const [i, ms] of piecesMs.entries()) {
      onSent?.(i * 4096);
      await clock.sleep(ms, { signal: signal ?? undefined });
    }
    return new Response();
  }, { clock });
  const sent: number[] = [];
  const error = await assertRejects(
    () =>
      fetch(URL_A, {
        method: "PATCH",
        body: new Uint8Array(16_384),
        onSent: (bytes) => sent.push(bytes),
      }),
    NetworkError,
  );
  assertEquals(error.reason, "timeout");
  assertEquals(sent, [0, 4096, 8192, 12_288]);
  assertEquals(clock.now() - start, 3 * 50_000 + 60_500);
});
