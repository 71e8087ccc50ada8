import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { Backoff } from "./backoff.ts";

Deno.test("the first failures cost nothing, further ones twice as much each, up to a limit", () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 13 }, () => backoff.fail(0));
  assertEquals(waits.slice(0, 6), [0, 0, 100, 200, 400, 800]);
  assertEquals(waits.slice(-2), [30_000, 30_000]);
});

Deno.test("who comes too early is told when to come again", () => {
  const backoff = new Backoff();
  for (let i = 0; i < 3; i++) backoff.fail(1000);
  const error = assertThrows(() => backoff.check("notes", 1040.5), ForgeError);
  assertEquals(error.code, "EXTENSION_UNAVAILABLE");
  assertEquals(error.message, "Cannot call notes: it failed 3 times in a row");
  assertEquals(error.hint, "It may be called again in 60 ms");
  backoff.check("notes", 1100);
});

Deno.test("a success makes up for all failures", () => {
  const backoff = new Backoff();
  for (let i = 0; i < 9; i++) backoff.fail(0);
  backoff.succeed();
  backoff.check("notes", 0);
  assertEquals([backoff.failures, backoff.fail(0)], [0, 0]);
});
