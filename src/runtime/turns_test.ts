import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "./turns.ts";

Deno.test("what comes when there is nothing else is done at once", async () => {
  const turns = new Turns();
  let done = false;
  const promise = turns.take(() => {
    done = true;
    return 1;
  });
  assertEquals([done, turns.length], [true, 0]);
  assertEquals(await promise, 1);
});

Deno.test("what comes meanwhile waits, in order, whatever fails before it", async () => {
  const turns = new Turns();
  const first = Promise.withResolvers<string>();
  const order: string[] = [];
  const all = Promise.allSettled([
    turns.take(() => first.promise),
    turns.take(() => {
      order.push("second");
      throw new Error("second");
    }),
    turns.take(async () => {
      order.push("third begins");
      await Promise.resolve();
      order.push("third ends");
    }),
    turns.take(() => void order.push("fourth")),
  ]);
  assertEquals([turns.length, order], [4, []]);
  first.resolve("first");
  assertEquals((await all).map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  assertEquals(order, ["second", "third begins", "third ends", "fourth"]);
  assertEquals(turns.length, 0);
});

Deno.test("work that asks for a turn itself does not run inside of its own", async () => {
  const turns = new Turns();
  const order: string[] = [];
  let inner: Promise<unknown> = Promise.resolve();
  await turns.take(() => {
    inner = turns.take(() => void order.push("inner"));
    order.push("outer");
  });
  await inner;
  assertEquals(order, ["outer", "inner"]);
});

Deno.test("who gives up waiting is not served, and does not hold up the others", async () => {
  const turns = new Turns();
  const first = Promise.withResolvers<void>();
  const waits = new AbortController();
  const before = turns.take(() => first.promise);
  let served = false;
  const second = turns.take(() => void (served = true), waits);
  const third = turns.take(() => "third");
  waits.abort(new Error("enough"));
  await assertRejects(() => second, Error, "enough");
  assertEquals(turns.length, 2);
  first.resolve();
  await before;
  assertEquals([await third, served], ["third", false]);
  await assertRejects(
    () => turns.take(() => void (served = true), waits),
    Error,
    "enough",
  );
  assertEquals(served, false);
});

Deno.test("a signal that comes after the turn has begun changes nothing", async () => {
  const turns = new Turns();
  const first = Promise.withResolvers<void>();
  const late = new AbortController();
  const before = turns.take(() => first.promise);
  const second = turns.take(async () => {
    late.abort(new Error("late"));
    return await Promise.resolve("done");
  }, late);
  first.resolve();
  await before;
  assertEquals(await second, "done");
});
