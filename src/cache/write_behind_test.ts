import { assertEquals, assertRejects } from "@std/assert";
import type { FileSink } from "../platform/types.ts";
import { WriteBehind } from "./write_behind.ts";

const KIB = 1024;

/** A sink whose writes end when the test says so. */
function slowSink() {
  const written: Uint8Array[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const calls: string[] = [];
  const sink: FileSink = {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        calls.push(`write ${chunk.byteLength}`);
        ends.push({
          resolve: () => {
            written.push(chunk.slice());
            resolve();
          },
          reject,
        });
      }),
    sync: () => Promise.resolve(void calls.push("sync")),
    close: () => Promise.resolve(void calls.push("close")),
  };
  return { sink, written, ends, calls };
}

Deno.test("small pieces become one write, when they are wanted on the disk", async () => {
  const { sink, written, ends, calls } = slowSink();
  const file = new WriteBehind(sink);
  const piece = new Uint8Array(3);
  for (let i = 0; i < 100; i++) await file.write(piece.fill(i));
  assertEquals(calls, []);
  const synced = file.sync();
  await Promise.resolve();
  ends[0]?.resolve();
  await synced;
  assertEquals(calls, ["write 300", "sync"]);
  assertEquals(
    written[0],
    Uint8Array.from({ length: 300 }, (_, i) => Math.floor(i / 3)),
  );
});

Deno.test("the next batch is gathered while one is written, but no third", async () => {
  const { sink, ends, calls, written } = slowSink();
  const file = new WriteBehind(sink);
  const bytes = Uint8Array.from({ length: 1024 * KIB }, (_, i) => i >> 10);
  await file.write(bytes.subarray(0, 1000 * KIB));
  assertEquals(calls, [`write ${512 * KIB}`]);
  let isTaken = false;
  const last = file.write(bytes.subarray(1000 * KIB)).then(() => {
    isTaken = true;
  });
  await new Promise<void>((resolve) => queueMicrotask(resolve));
  assertEquals(isTaken, false);
  ends[0]?.resolve();
  await last;
  assertEquals(calls.length, 2);
  ends[1]?.resolve();
  await file.flush();
  await file.close();
  assertEquals(calls, [`write ${512 * KIB}`, `write ${512 * KIB}`, "close"]);
  const all = written.flatMap((part) => [...part]);
  assertEquals(Uint8Array.from(all), bytes);
});

Deno.test("a write that fails is told by every call that writes, and closing still closes", async () => {
  const { sink, ends, calls } = slowSink();
  const file = new WriteBehind(sink);
  await file.write(new Uint8Array(600 * KIB));
  const full = new Error("ENOSPC");
  ends[0]?.reject(full);
  for (
    const call of [
      () => file.write(new Uint8Array(600 * KIB)),
      () => file.flush(),
      () => file.sync(),
    ]
  ) {
    assertEquals(await assertRejects(call), full);
  }
  await file.close();
  assertEquals(calls, [`write ${512 * KIB}`, "close"]);
});

Deno.test("what was not flushed is not written when the file is closed", async () => {
  const { sink, calls } = slowSink();
  const file = new WriteBehind(sink);
  await file.write(new Uint8Array(10));
  await file.close();
  assertEquals(calls, ["close"]);
});

Deno.test("the disk is set to work while the rest of a large file arrives", async () => {
  const calls: string[] = [];
  const syncs: (() => void)[] = [];
  const file = new WriteBehind({
    write: () => Promise.resolve(),
    sync: () => {
      calls.push("sync");
      return new Promise((resolve) => syncs.push(resolve));
    },
    close: () => Promise.resolve(),
  });
  const piece = new Uint8Array(1024 * KIB);
  for (let i = 0; i < 100; i++) await file.write(piece);
  // One at a time, and no byte has waited for it.
  assertEquals(calls, ["sync"]);
  let isSynced = false;
  const last = file.sync().then(() => void (isSynced = true));
  syncs[0]?.();
  while (syncs.length < 2) await Promise.resolve();
  assertEquals(isSynced, false);
  syncs[1]?.();
  await last;
  assertEquals(calls, ["sync", "sync"]);
  await file.close();
});

Deno.test("an early sync that fails is told by the last, and closing still closes", async () => {
  const calls: string[] = [];
  const broken = new Error("EIO");
  const file = new WriteBehind({
    write: () => Promise.resolve(),
    sync: () => Promise.reject(broken),
    close: () => Promise.resolve(void calls.push("close")),
  });
  const piece = new Uint8Array(1024 * KIB);
  for (let i = 0; i < 40; i++) await file.write(piece);
  assertEquals(await assertRejects(() => file.sync()), broken);
  await file.close();
  assertEquals(calls, ["close"]);
});
