import { assertEquals, assertRejects } from "@std/assert";
import { readAhead } from "./read_ahead.ts";

const PIECE = Uint8Array.of(1);

Deno.test("the next piece is being read while the caller has this one", async () => {
  const asked: number[] = [];
  const pieces = readAhead((turn) => {
    asked.push(turn);
    return Promise.resolve(turn < 2 ? PIECE : new Uint8Array());
  });
  await pieces.next();
  assertEquals(asked, [0, 1]);
  await pieces.next();
  assertEquals((await pieces.next()).done, true);
  assertEquals(asked, [0, 1, 2]);
});

Deno.test("a failure while the caller is busy waits until the caller asks", async () => {
  const pieces = readAhead((turn) =>
    turn === 0 ? Promise.resolve(PIECE) : Promise.reject(new Error("EIO"))
  );
  await pieces.next();
  // Longer than the runtime waits before it calls a rejection unhandled.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await assertRejects(() => pieces.next(), Error, "EIO");
});

Deno.test("who stops early waits for the read that is under way", async () => {
  let isReading = false;
  const pieces = readAhead(async (turn) => {
    if (turn === 0) return PIECE;
    isReading = true;
    await new Promise((resolve) => setTimeout(resolve, 0));
    isReading = false;
    return PIECE;
  });
  await pieces.next();
  assertEquals(isReading, true);
  await pieces.return(undefined);
  assertEquals(isReading, false);
});
