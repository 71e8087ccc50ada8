import { assert, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "./clock.ts";

Deno.test("now() is a time in milliseconds and does not run backwards here", () => {
  const first = systemClock.now();
  assert(Number.isInteger(first));
  assert(systemClock.now() >= first);
});

Deno.test("random() is from 0 to 1, 1 excluded", () => {
  for (let i = 0; i < 1000; i++) {
    const value = systemClock.random();
    assert(value >= 0 && value < 1);
  }
});

Deno.test("sleep() resolves after its time", async () => {
  await systemClock.sleep(0);
  assertEquals(await systemClock.sleep(1), undefined);
});

Deno.test("sleep() does not start under a signal that is aborted", async () => {
  const reason = new Error("stop");
  const error = await assertRejects(() =>
    systemClock.sleep(60_000, { signal: AbortSignal.abort(reason) })
  );
  assertEquals(error, reason);
});

Deno.test("sleep() ends at once with the reason of an abort", async () => {
  const reason = new Error("stop");
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, { signal: controller.signal });
  controller.abort(reason);
  const error = await assertRejects(() => sleeping);
  assertEquals(error, reason);
});

Deno.test("sleep() for longer than a timer can hold does not end at once", async () => {
  const controller = new AbortController();
  let woken = false;
  const sleeping = systemClock.sleep(2 ** 40, { signal: controller.signal })
    .then(() => woken = true);
  await systemClock.sleep(5);
  assertEquals(woken, false);
  controller.abort(new Error("stop"));
  await assertRejects(() => sleeping);
});

Deno.test("sleep() leaves no listener on a signal that outlives it", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  await systemClock.sleep(0, { signal });
  assertEquals(listeners, 0);
});
