/** Bars that come late, stay below what is written, and leave nothing behind. */

import { assert, assertEquals } from "@std/assert";
import { platform } from "../platform/deno.ts";
import type { Io } from "./io.ts";
import { openProgress, type ProgressStyle } from "./progress.ts";

const MIB = 1024 * 1024;

/** A terminal and a clock that goes on when it is told to. */
function open(style: ProgressStyle, size = { columns: 80, rows: 24 }) {
  let nowMs = 0;
  let text = "";
  let wake = () => {};
  const io: Io = {
    platform: {
      ...platform,
      clock: {
        ...platform.clock,
        now: () => nowMs,
        sleep: (_ms, { signal } = {}) =>
          new Promise<void>((resolve, reject) => {
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
  return {
    progress: openProgress(io, style),
    size,
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
  const { progress, frame, take } = open("bars");
  progress.update("notes", bytes(MIB));
  await frame(200);
  progress.done("notes");
  await frame(200);
  await progress[Symbol.asyncDispose]();
  assertEquals(take(), "");
});

Deno.test("a bar tells bytes, rate and time left, and is gone in the end", async () => {
  const { progress, frame, take } = open("bars");
  progress.update("notes", bytes(0));
  await frame(1000);
  progress.update("notes", bytes(10 * MIB));
  take();
  await frame(0);
  const drawn = take();
  assert(drawn.startsWith("\x1b[1A\r\x1b[J"), JSON.stringify(drawn));
  assert(drawn.includes("10.0 MiB / 40.0 MiB  10.0 MiB/s   0:03 left\n"));
  await progress[Symbol.asyncDispose]();
  assertEquals(take(), "\x1b[1A\r\x1b[J");
});

Deno.test("what is written meanwhile stays above the bars", async () => {
  const { progress, frame, take } = open("bars");
  progress.update("notes", bytes(MIB));
  await frame(1000);
  take();
  progress.io.err("pulled other, 1.0 MiB\n");
  const drawn = take();
  assert(drawn.startsWith("\x1b[1A\r\x1b[Jpulled other, 1.0 MiB\nnotes"));
  assert(drawn.endsWith("\n"));
  await progress[Symbol.asyncDispose]();
});

Deno.test("bars that a narrower terminal has wrapped are taken away whole", async () => {
  const { progress, frame, take, size } = open("bars");
  progress.update("notes", bytes(MIB));
  await frame(1000);
  take();
  size.columns = 40;
  await progress[Symbol.asyncDispose]();
  assertEquals(take(), "\x1b[2A\r\x1b[J");
});

Deno.test("no more bars than fit, and the others are counted", async () => {
  const { progress, frame, take } = open("bars", { columns: 80, rows: 6 });
  for (const name of ["a", "b", "c", "d", "e"]) {
    progress.update(name, bytes(MIB));
  }
  await frame(1000);
  const lines = take().trimEnd().split("\n");
  assertEquals(lines.map((line) => line[0]), ["a", "b", "c", "a"]);
  assertEquals(lines.at(-1), "and 2 more");
  await progress[Symbol.asyncDispose]();
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

Deno.test("who asked for quiet gets nothing", async () => {
  const { progress, frame, take } = open("none");
  progress.update("notes", bytes(MIB));
  await frame(60_000);
  progress.update("notes", bytes(2 * MIB));
  await progress[Symbol.asyncDispose]();
  assertEquals(take(), "");
});
