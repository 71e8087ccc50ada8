import { assertEquals, assertThrows } from "@std/assert";
import type { StagedFile } from "../cache/mod.ts";
import { ForgeError } from "../errors.ts";
import { digestBytes, digestHex } from "../oci/mod.ts";
import { CheckedSink } from "./checked_sink.ts";

/** A staged file in memory. */
function memory(): StagedFile & { readonly bytes: () => number[] } {
  let bytes: number[] = [];
  return {
    path: "memory",
    bytes: () => bytes,
    write: (chunk) => Promise.resolve(void bytes.push(...chunk)),
    restart: () => Promise.resolve(void (bytes = [])),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
    keep: () => Promise.resolve(),
  };
}

const CONTENT = Uint8Array.from({ length: 1300 }, (_, i) => i % 251);

async function fill(
  sink: CheckedSink,
  content: Uint8Array,
  chunkBytes: number,
): Promise<void> {
  for (let at = 0; at < content.byteLength; at += chunkBytes) {
    await sink.write(content.subarray(at, at + chunkBytes));
  }
}

for (const algorithm of ["sha256", "sha512"] as const) {
  Deno.test(`content that is what was promised is accepted (${algorithm})`, async () => {
    const staged = memory();
    const sink = new CheckedSink(staged, {
      digest: await digestBytes(CONTENT, algorithm),
      size: CONTENT.byteLength,
    });
    await fill(sink, CONTENT, 7);
    const { sha256, size } = sink.finish();
    assertEquals(sha256, digestHex(await digestBytes(CONTENT)));
    assertEquals(size, CONTENT.byteLength);
    assertEquals(staged.bytes(), [...CONTENT]);
  });

  Deno.test(`content with another digest is refused (${algorithm})`, async () => {
    const sink = new CheckedSink(memory(), {
      digest: await digestBytes(CONTENT, algorithm),
      size: CONTENT.byteLength,
    });
    const other = CONTENT.slice();
    other[1299]! ^= 1;
    await fill(sink, other, 512);
    const error = assertThrows(() => sink.finish(), ForgeError);
    assertEquals(error.code, "DIGEST_MISMATCH");
  });
}

for (const size of [0, 1299, 1301]) {
  Deno.test(`content of 1300 bytes is refused where ${size} were promised`, async () => {
    const sink = new CheckedSink(memory(), {
      digest: await digestBytes(CONTENT),
      size,
    });
    await fill(sink, CONTENT, 512);
    const error = assertThrows(() => sink.finish(), ForgeError);
    assertEquals(error.code, "SIZE_MISMATCH");
  });
}

Deno.test("the head is the first 512 bytes, however they arrive", async () => {
  for (const chunkBytes of [1, 7, 511, 512, 513, 4096]) {
    const sink = new CheckedSink(memory());
    await fill(sink, CONTENT, chunkBytes);
    assertEquals([...sink.finish().head], [...CONTENT.subarray(0, 512)]);
  }
});

Deno.test("the head is not a view of a chunk that its owner may use again", async () => {
  const sink = new CheckedSink(memory());
  const chunk = Uint8Array.of(1, 2, 3);
  await sink.write(chunk);
  chunk.fill(9);
  assertEquals([...sink.finish().head], [1, 2, 3]);
});

Deno.test("after a restart only what follows counts", async () => {
  const staged = memory();
  const sink = new CheckedSink(staged, {
    digest: await digestBytes(CONTENT),
    size: CONTENT.byteLength,
  });
  await sink.write(Uint8Array.of(6, 6, 6));
  await sink.restart();
  await fill(sink, CONTENT, 512);
  assertEquals(sink.finish().size, 1300);
  assertEquals(staged.bytes().length, 1300);
});

Deno.test("without a promise any content is taken and named by its hash", async () => {
  const sink = new CheckedSink(memory());
  const { sha256, size, head } = sink.finish();
  assertEquals(size, 0);
  assertEquals(head.byteLength, 0);
  assertEquals(sha256, digestHex(await digestBytes(new Uint8Array())));
});
