import { assertEquals, assertRejects } from "@std/assert";
import { createLimiter, withConcurrency } from "./limiter.ts";

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

Deno.test("no more than the slots are held, and who waits longest is next", async () => {
  const limiter = createLimiter(2);
  const order: number[] = [];
  const releases: (() => void)[] = [];
  for (const id of [1, 2, 3, 4]) {
    limiter.acquire().then((release) => {
      order.push(id);
      releases.push(release);
    });
  }
  await settle();
  assertEquals(order, [1, 2]);
  releases[0]?.();
  releases[0]?.();
  await settle();
  assertEquals(order, [1, 2, 3]);
});

Deno.test("who gives up waiting leaves the line", async () => {
  const limiter = createLimiter(1);
  const release = await limiter.acquire();
  const controller = new AbortController();
  const waiting = limiter.acquire({ signal: controller.signal });
  const next = limiter.acquire();
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  release();
  assertEquals(typeof await next, "function");
});

Deno.test("a request holds its slot until its body has been read", async () => {
  const asked: string[] = [];
  const fetch = withConcurrency((input) => {
    asked.push(String(input));
    return Promise.resolve(new Response("body"));
  }, { overall: 10, perHost: 1 });
  const first = await fetch("https://a.example/1");
  const second = fetch("https://a.example/2");
  await fetch("https://b.example/3");
  assertEquals(asked, ["https://a.example/1", "https://b.example/3"]);
  assertEquals(await first.text(), "body");
  await (await second).body?.cancel();
  assertEquals(await (await fetch("https://a.example/4")).text(), "body");
});

Deno.test("a request that fails frees its slot", async () => {
  let calls = 0;
  const fetch = withConcurrency(() => {
    calls++;
    return Promise.reject(new Error("no"));
  }, { overall: 1, perHost: 1 });
  await assertRejects(() => fetch("https://a.example/"), Error, "no");
  await assertRejects(() => fetch("https://a.example/"), Error, "no");
  assertEquals(calls, 2);
});

Deno.test("a request for a token does not wait for those that wait for it", async () => {
  const fetch = withConcurrency(
    () => Promise.resolve(new Response("body")),
    { overall: 1, perHost: 1 },
  );
  const refused = await fetch("https://a.example/v2/");
  const token = await fetch("https://a.example/token", { purpose: "realm" });
  assertEquals(await token.text(), "body");
  assertEquals(await refused.text(), "body");
});
