import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { digestBytes } from "./digest.ts";
import { type Expected, verifyBytes, verifyStream } from "./verify.ts";

const BYTES = new TextEncoder().encode("the content that was promised");

async function promised(
  algorithm?: "sha256" | "sha512",
): Promise<Expected> {
  return {
    digest: await digestBytes(BYTES, algorithm),
    size: BYTES.byteLength,
  };
}

async function* pieces(
  bytes: Uint8Array<ArrayBuffer>,
  step: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let i = 0; i < bytes.byteLength; i += step) {
    yield bytes.subarray(i, i + step);
  }
}

async function collect(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await new Response(ReadableStream.from(chunks)).arrayBuffer(),
  );
}

function altered(): Uint8Array<ArrayBuffer> {
  const bytes = BYTES.slice();
  bytes[3]! ^= 1;
  return bytes;
}

const REFUSED = [
  { title: "one bit altered", bytes: altered(), code: "DIGEST_MISMATCH" },
  { title: "cut short", bytes: BYTES.slice(0, -1), code: "SIZE_MISMATCH" },
  { title: "nothing", bytes: new Uint8Array(), code: "SIZE_MISMATCH" },
  {
    title: "more than promised",
    bytes: new Uint8Array([...BYTES, 0]),
    code: "SIZE_MISMATCH",
  },
] as const;

for (const { title, bytes, code } of REFUSED) {
  Deno.test(`verifyBytes() refuses: ${title}`, async () => {
    const expected = await promised();
    const error = await assertRejects(
      () => verifyBytes(bytes, expected),
      ForgeError,
    );
    assertEquals(error.code, code);
    assertEquals(error.message.includes(expected.digest), true);
  });

  Deno.test(`verifyStream() refuses: ${title}`, async () => {
    for (const step of [1, 7, 1000]) {
      const chunks = verifyStream(pieces(bytes, step), await promised());
      const error = await assertRejects(async () => {
        for await (const _ of chunks);
      }, ForgeError);
      assertEquals(error.code, code);
    }
  });
}

for (const algorithm of ["sha256", "sha512"] as const) {
  Deno.test(`content with its own ${algorithm} passes`, async () => {
    const expected = await promised(algorithm);
    await verifyBytes(BYTES, expected);
    for (const step of [1, 7, 1000]) {
      const passed = await collect(verifyStream(pieces(BYTES, step), expected));
      assertEquals(passed, BYTES);
    }
  });
}

Deno.test("no content passes where none was promised", async () => {
  const nothing = new Uint8Array();
  const expected = { digest: await digestBytes(nothing), size: 0 };
  await verifyBytes(nothing, expected);
  assertEquals(
    await collect(verifyStream(pieces(nothing, 1), expected)),
    nothing,
  );
});

Deno.test("verifyStream() stops reading at the first byte too many", async () => {
  let taken = 0;
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      while (true) {
        taken++;
        yield new Uint8Array(10);
      }
    } finally {
      closed = true;
    }
  }
  const error = await assertRejects(async () => {
    for await (const _ of verifyStream(endless(), await promised()));
  }, ForgeError);
  assertEquals(error.code, "SIZE_MISMATCH");
  assertEquals({ taken, closed }, { taken: 3, closed: true });
});

Deno.test("verifyStream() passes a failure of the source on as it is", async () => {
  const failure = new Error("connection reset");
  async function* failing(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield BYTES.subarray(0, 3);
    throw failure;
  }
  const expected = await promised();
  const error = await assertRejects(async () => {
    for await (const _ of verifyStream(failing(), expected));
  });
  assertEquals(error, failure);
});

Deno.test("verifyStream() closes the source when the consumer leaves", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      yield BYTES;
    } finally {
      closed = true;
    }
  }
  for await (const _ of verifyStream(source(), await promised())) break;
  assertEquals(closed, true);
});
