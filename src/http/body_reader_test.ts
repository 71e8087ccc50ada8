/** Bodies come whole and in order, in one buffer or in many. */

import { assertEquals, assertRejects } from "@std/assert";
import { readerOf } from "./body_reader.ts";

const KIB = 1024;

/** Bytes that tell where they are. */
function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

/** A byte stream that gives so much at a time. */
function byteStream(
  bytes: Uint8Array<ArrayBuffer>,
  piece: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (at < bytes.byteLength) {
        controller.enqueue(bytes.slice(at, at + piece));
        at += piece;
      } else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  }) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The same as a stream of values, as those between us and the runtime are. */
function valueStream(
  bytes: Uint8Array<ArrayBuffer>,
  piece: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.byteLength; at += piece) {
        controller.enqueue(bytes.slice(at, at + piece));
      }
      controller.close();
    },
  });
}

const SIZE = 700 * KIB + 3;
const LONG = new Response(null, { headers: { "content-length": `${SIZE}` } });

for (
  const [name, stream, response, reuse] of [
    ["a long byte stream into one buffer", byteStream, LONG, true],
    ["a long byte stream that is kept", byteStream, LONG, false],
    ["a byte stream of unknown length", byteStream, new Response(), true],
    ["a long stream of values", valueStream, LONG, true],
  ] as const
) {
  for (const piece of [1000, 64 * KIB, 600 * KIB]) {
    Deno.test(`${name} comes whole, ${piece} bytes at a time`, async () => {
      const bytes = bytesOf(SIZE);
      const reader = readerOf(response, stream(bytes, piece), { reuse });
      const read = new Uint8Array(SIZE);
      let size = 0;
      for (let next; (next = await reader.read()) !== undefined;) {
        read.set(next, size);
        size += next.byteLength;
      }
      assertEquals(size, SIZE);
      assertEquals(read, bytes);
    });
  }
}

Deno.test("the memory of a piece that may be taken away is used for the next", async () => {
  const stream = byteStream(bytesOf(SIZE), 64 * KIB);
  const reader = readerOf(LONG, stream, { reuse: true });
  const first = await reader.read();
  await reader.read();
  assertEquals(first?.byteLength, 0);
});

Deno.test("a failure in the middle and a cancellation go through", async () => {
  let cancelled: unknown;
  const failing = new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.error(new Error("reset")),
  }) as ReadableStream<Uint8Array<ArrayBuffer>>;
  const reader = readerOf(LONG, failing, { reuse: true });
  await assertRejects(() => reader.read(), Error, "reset");
  const endless = new ReadableStream({
    type: "bytes",
    cancel: (reason) => void (cancelled = reason),
  }) as ReadableStream<Uint8Array<ArrayBuffer>>;
  await readerOf(LONG, endless, { reuse: true }).cancel("enough");
  assertEquals(cancelled, "enough");
});
