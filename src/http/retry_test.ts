import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { pauses, play, type Script } from "./fakes_test.ts";
import type { FetchInit } from "./fetch.ts";
import { NetworkError } from "./network_error.ts";
import { withRetry, type WithRetryOptions } from "./retry.ts";
import { withTimeout } from "./timeout.ts";

const URL_A = "https://r.example/a";
const GET = `GET ${URL_A}`;
const RESET = new TypeError("connection reset by peer");

function fetchOf(script: Script, options: Partial<WithRetryOptions> = {}) {
  const { clock } = script;
  return withRetry(withTimeout(script.fetch, { clock }), { clock, ...options });
}

Deno.test("statuses that may pass are tried again", async (t) => {
  for (const status of [408, 429, 499, 500, 502, 503, 504, 522]) {
    await t.step(String(status), () =>
      play([
        [GET, { status, body: "busy" }],
        [GET, { body: "here" }],
      ], async (script) => {
        const response = await fetchOf(script)(URL_A);
        assertEquals(await response.text(), "here");
      }));
  }
});

Deno.test("statuses that will not pass are given on at once", async (t) => {
  for (const status of [200, 304, 400, 401, 403, 404, 416, 501]) {
    await t.step(
      String(status),
      () =>
        play([[GET, { status }]], async (script) => {
          assertEquals((await fetchOf(script)(URL_A)).status, status);
        }),
    );
  }
});

Deno.test("waits grow exponentially with full jitter, and three attempts are all", () =>
  play([
    [GET, { status: 503, body: "one" }],
    [GET, { status: 503, body: "two" }],
    [GET, { status: 503, body: "three" }],
  ], async (script) => {
    script.clock.chance = 0.25;
    const response = await fetchOf(script)(URL_A);
    assertEquals(response.status, 503);
    assertEquals(await response.text(), "three");
    assertEquals(pauses(script.clock), [250, 500]);
  }));

Deno.test("a reset connection is tried again", () =>
  play([
    [GET, RESET],
    [GET, { body: "here" }],
  ], async (script) => {
    assertEquals(await (await fetchOf(script)(URL_A)).text(), "here");
  }));

Deno.test("an unknown host, a refused connection and a bad certificate are not tried again", async (t) => {
  for (const text of ["ENOTFOUND", "ECONNREFUSED", "invalid certificate"]) {
    await t.step(
      text,
      () =>
        play([[GET, new TypeError(text)]], async (script) => {
          await assertRejects(() => fetchOf(script)(URL_A), NetworkError);
        }),
    );
  }
});

Deno.test("an attempt that takes too long is tried again", () =>
  play([
    [GET, "hang"],
    [GET, { body: "here" }],
  ], async (script) => {
    assertEquals(await (await fetchOf(script)(URL_A)).text(), "here");
  }));

Deno.test("a body that is to be read whole and ends early is tried again", () =>
  play([
    [GET, { body: ["half", RESET] }],
    [GET, { body: "whole" }],
  ], async (script) => {
    const response = await fetchOf(script)(URL_A, { bufferBytes: 100 });
    assertEquals(await response.text(), "whole");
  }));

Deno.test("a body that is longer than allowed fails at once", () =>
  play([[GET, { body: "x".repeat(101) }]], async (script) => {
    const error = await assertRejects(
      () => fetchOf(script)(URL_A, { bufferBytes: 100 }),
      ForgeError,
    );
    assertEquals(error.code, "TOO_LARGE");
  }));

Deno.test("Retry-After goes before the backoff", () =>
  play([
    [GET, { status: 429, headers: { "retry-after": "7" } }],
    [GET, { body: "here" }],
  ], async (script) => {
    script.clock.chance = 0;
    await fetchOf(script)(URL_A);
    assertEquals(pauses(script.clock), [7000]);
  }));

Deno.test("GHCR's wait in the error message is respected", () =>
  play([
    [GET, { status: 429, body: "retry-after: 123ms, allowed: 44000/minute" }],
    [GET, { body: "here" }],
  ], async (script) => {
    script.clock.chance = 0;
    await fetchOf(script)(URL_A);
    assertEquals(pauses(script.clock), [123]);
  }));

Deno.test("a storm of 429 with short waits is weathered", () =>
  play([
    ...Array.from({ length: 9 }, () =>
      [
        GET,
        { status: 429, headers: { "retry-after": "1" } },
      ] as const),
    [GET, { body: "here" }],
  ], async (script) => {
    script.clock.chance = 0;
    assertEquals(await (await fetchOf(script)(URL_A)).text(), "here");
  }));

Deno.test("a wait beyond the budget is not waited for, and the answer given on whole", () =>
  play([
    [GET, {
      status: 429,
      headers: { "retry-after": "3600" },
      body: "come back later",
    }],
  ], async (script) => {
    const response = await fetchOf(script)(URL_A);
    assertEquals(response.status, 429);
    assertEquals(response.headers.get("retry-after"), "3600");
    assertEquals(await response.text(), "come back later");
    assertEquals(pauses(script.clock), []);
  }));

Deno.test("a request's own budget goes before the usual one", () =>
  play([
    [GET, { status: 503, headers: { "retry-after": "5" } }],
  ], async (script) => {
    const response = await fetchOf(script)(URL_A, { retryBudgetMs: 1000 });
    assertEquals(response.status, 503);
  }));

Deno.test("what a host asks of one request holds for the others", () =>
  play([
    [GET, { status: 429, headers: { "retry-after": "20" } }],
    [GET, { body: "first" }],
    ["GET https://r.example/b", { body: "second" }],
    ["GET https://other.example/c", { body: "third" }],
  ], async (script) => {
    script.clock.chance = 0;
    const fetch = fetchOf(script);
    const start = script.clock.now();
    const first = fetch(URL_A);
    await fetchOnceAsked(script, 1);
    const second = fetch("https://r.example/b");
    const third = await fetch("https://other.example/c");
    assertEquals(await third.text(), "third");
    assertEquals(script.clock.now() - start, 0);
    assertEquals(await (await second).text(), "second");
    assertEquals(script.clock.now() - start, 20_000);
    assertEquals(await (await first).text(), "first");
  }));

Deno.test("others wait with a request that a host has too much to do for", async (t) => {
  const table: readonly [status: number, waitMs: number][] = [
    [429, 500],
    [503, 500],
    [500, 0], // It may be that request alone.
  ];
  for (const [status, waitMs] of table) {
    await t.step(String(status), () =>
      play([
        [GET, { status }],
        [GET, { body: "first" }],
        ["GET https://r.example/b", { body: "second" }],
      ], async (script) => {
        script.clock.chance = 0.5;
        const fetch = fetchOf(script);
        const start = script.clock.now();
        const first = fetch(URL_A);
        await fetchOnceAsked(script, 1);
        assertEquals(
          await (await fetch("https://r.example/b")).text(),
          "second",
        );
        assertEquals(script.clock.now() - start, waitMs);
        assertEquals(await (await first).text(), "first");
      }));
  }
});

Deno.test("a host that wants quiet for longer than the budget is not asked", () =>
  play([
    [GET, { status: 429, headers: { "retry-after": "3600" } }],
  ], async (script) => {
    const fetch = fetchOf(script);
    await fetch(URL_A);
    const error = await assertRejects(() => fetch(URL_A), ForgeError);
    assertEquals(error.code, "REGISTRY_RATE_LIMITED");
    assertEquals(
      error.message,
      "Failed to reach r.example: it takes no requests before 2030-01-01T01:00:00.000Z",
    );
  }));

Deno.test("only requests that may be repeated are repeated", async (t) => {
  const table: readonly [name: string, init: FetchInit, tries: number][] = [
    ["PUT", { method: "PUT", body: "x" }, 3],
    ["DELETE", { method: "DELETE" }, 3],
    ["POST", { method: "POST", body: "x" }, 1],
    ["PATCH", { method: "PATCH", body: "x" }, 1],
    ["POST that says so", { method: "POST", replayable: true }, 3],
  ];
  for (const [name, init, tries] of table) {
    await t.step(name, () =>
      play(
        Array.from({ length: tries }, () =>
          [
            `${init.method} ${URL_A}`,
            { status: 502 },
          ] as const),
        async (script) => {
          assertEquals((await fetchOf(script)(URL_A, init)).status, 502);
        },
      ));
  }
});

Deno.test("a POST that was turned away with 429 is repeated", () =>
  play([
    [`POST ${URL_A}`, { status: 429 }],
    [`POST ${URL_A}`, { status: 202 }],
  ], async (script) => {
    const response = await fetchOf(script)(URL_A, { method: "POST" });
    assertEquals(response.status, 202);
  }));

Deno.test("a stream cannot be sent twice and is not", () => {
  const script = { calls: 0 };
  const fetch = withRetry(() => {
    script.calls++;
    return Promise.resolve(new Response("", { status: 503 }));
  }, { clock: { now: () => 0, random: () => 0, sleep: async () => {} } });
  return fetch(URL_A, { method: "PUT", body: new ReadableStream() })
    .then(({ status }) => {
      assertEquals(status, 503);
      assertEquals(script.calls, 1);
    });
});

Deno.test("an abort ends the waiting with its own reason", () =>
  play([
    [GET, { status: 429, headers: { "retry-after": "30" } }],
  ], async (script) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const fetching = fetchOf(script, {
      onRetry: () => controller.abort(reason),
    })(URL_A, { signal: controller.signal });
    assertEquals(await assertRejects(() => fetching), reason);
  }));

Deno.test("every repetition is told", () =>
  play([
    [GET, { status: 502 }],
    [GET, { body: "here" }],
  ], async (script) => {
    const events: unknown[] = [];
    await fetchOf(script, { onRetry: (event) => events.push(event) })(URL_A);
    assertEquals(events, [{
      type: "retry",
      host: "r.example",
      attempt: 1,
      waitMs: 500,
      reason: "502",
    }]);
  }));

/** Waits until a script has been asked so often, and has answered. */
async function fetchOnceAsked(script: Script, count: number): Promise<void> {
  while (script.requests.length < count) await Promise.resolve();
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
