/** Bars that come late, stay below what is written, and leave nothing behind. */

import { assert, assertEquals, assertRejects, fail } from "@std/assert";
import { platform } from "../platform/deno.ts";
import type { Io } from "./io.ts";
import { openProgress, type ProgressStyle } from "./progress.ts";

const MIB = 1024 * 1024;

/** A terminal and a clock that goes on when it is told to. */
function open(style: ProgressStyle, size = { columns: 80, rows: 24 }) {
  let nowMs = 0;
  let text = "";
  let wake = () => {};
  let sleeps = 0;
  const answers: PromiseWithResolvers<Response>[] = [];
  const io: Io = {
    platform: {
      ...platform,
      fetch() {
        const answer = Promise.withResolvers<Response>();
        answers.push(answer);
        return answer.promise;
      },
      clock: {
        ...platform.clock,
        now: () => nowMs,
        sleep: (_ms, { signal } = {}) =>
          new Promise<void>((resolve, reject) => {
            sleeps += 1;
            wake = resolve;
            signal?.addEventListener("abort", () => reject(signal.reason));
          }),
      },
    },
    out: () => {},
    err: (more) => void (text += more),
    signal: new AbortController().signal,
    color: false,
    terminal: { columns: () => size.columns, rows: () => size.rows },
  };
  const opened = openProgress(io, style);
  const { progress = fail("it tells nothing") } = opened.io;
  return {
    ...{ opened, progress, size, answers, sleeps: () => sleeps },
    take() {
      const taken = text;
      text = "";
      return taken;
    },
    async frame(ms: number) {
      nowMs += ms;
      wake();
      // The drawing goes on in a microtask or two.
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
  };
}

const bytes = (receivedBytes: number, totalBytes = 40 * MIB) => ({
  receivedBytes,
  totalBytes,
});

Deno.test("what is over at once gets no bar", async () => {
  const { opened, progress, frame, take } = open("bars");
  progress.update("notes", bytes(MIB));
  await frame(200);
  progress.done("notes");
  await frame(200);
  await opened[Symbol.asyncDispose]();
  assertEquals(take(), "");
});

Deno.test("a bar tells bytes, rate and time left, and is gone in the end", async () => {
  const { opened, progress, frame, take } = open("bars");
  progress.update("notes", bytes(0));
  await frame(1000);
  progress.update("notes", bytes(10 * MIB));
  take();
  await frame(0);
  const drawn = take();
  assert(drawn.startsWith("\x1b[1A\r\x1b[J"), JSON.stringify(drawn));
  assert(drawn.includes("10.0 MiB / 40.0 MiB  10.0 MiB/s   0:03 left\n"));
  await opened[Symbol.asyncDispose]();
  assertEquals(take(), "\x1b[1A\r\x1b[J");
});

Deno.test("what is written meanwhile stays above the bars", async () => {
  const { opened, progress, frame, take } = open("bars");
  progress.update("notes", bytes(MIB));
  await frame(1000);
  take();
  opened.io.err("pulled other, 1.0 MiB\n");
  const drawn = take();
  assert(drawn.startsWith("\x1b[1A\r\x1b[Jpulled other, 1.0 MiB\nnotes"));
  assert(drawn.endsWith("\n"));
  await opened[Symbol.asyncDispose]();
});

Deno.test("bars that a narrower terminal has wrapped are taken away whole", async () => {
  const { opened, progress, frame, take, size } = open("bars");
  progress.update("notes", bytes(MIB));
  await frame(1000);
  take();
  size.columns = 40;
  await opened[Symbol.asyncDispose]();
  assertEquals(take(), "\x1b[2A\r\x1b[J");
});

Deno.test("no more bars than fit, and the others are counted", async () => {
  const { opened, progress, frame, take } = open("bars", {
    columns: 80,
    rows: 6,
  });
  for (const name of ["a", "b", "c", "d", "e"]) {
    progress.update(name, bytes(MIB));
  }
  await frame(1000);
  const lines = take().trimEnd().split("\n");
  assertEquals(lines.map((line) => line[0]), ["a", "b", "c", "a"]);
  assertEquals(lines.at(-1), "and 2 more");
  await opened[Symbol.asyncDispose]();
});

Deno.test("where nothing is drawn again, a line comes now and then", async () => {
  const { progress, frame, take } = open("lines");
  progress.update("notes", bytes(0));
  await frame(9_000);
  progress.update("notes", bytes(5 * MIB));
  assertEquals(take(), "");
  await frame(1_000);
  progress.update("notes", bytes(10 * MIB));
  const line = take();
  assert(line.startsWith("notes: 10.0 MiB of 40.0 MiB, "), line);
  assert(line.endsWith(" left\n"), line);
});

Deno.test("who is waited for is told after a second, and no longer than that", async () => {
  const { opened, frame, take, answers } = open("bars");
  const { fetch } = opened.io.platform;
  const asked = [fetch("https://ghcr.io/v2/"), fetch("https://docker.io/v2/")];
  await frame(900);
  assertEquals(take(), "");
  await frame(100);
  assertEquals(take(), "waiting for ghcr.io, 1 s\n");
  await frame(1500);
  assertEquals(take(), "\x1b[1A\r\x1b[Jwaiting for ghcr.io, 2 s\n");
  answers[0]?.resolve(new Response());
  await asked[0];
  await frame(0);
  assertEquals(take(), "\x1b[1A\r\x1b[Jwaiting for docker.io, 2 s\n");
  answers[1]?.reject(new TypeError("refused"));
  await assertRejects(() => asked[1]!, TypeError);
  // Without a further frame: what is printed next stands where it belongs.
  assertEquals(take(), "\x1b[1A\r\x1b[J");
  await opened[Symbol.asyncDispose]();
  assertEquals(take(), "");
});

Deno.test("a bar is enough: nobody is told whom it waits for", async () => {
  const { opened, progress, frame, take, answers } = open("bars");
  const asked = opened.io.platform.fetch("https://ghcr.io/v2/");
  progress.update("notes", bytes(0));
  await frame(2000);
  assert(take().startsWith("notes "));
  progress.done("notes");
  await frame(0);
  assertEquals(take(), "\x1b[1A\r\x1b[Jwaiting for ghcr.io, 2 s\n");
  answers[0]?.resolve(new Response());
  await asked;
  await opened[Symbol.asyncDispose]();
});

Deno.test("where nothing is drawn again, nobody is told again and again whom it waits for", async () => {
  const { opened, frame, take, answers } = open("lines");
  const asked = opened.io.platform.fetch("https://ghcr.io/v2/");
  await frame(20_000);
  answers[0]?.resolve(new Response());
  await asked;
  assertEquals(take(), "");
});

Deno.test("a terminal in which nothing happens is left alone", async () => {
  const { opened, sleeps } = open("bars");
  assertEquals(sleeps(), 0);
  await opened[Symbol.asyncDispose]();
});
