import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { ForgeError } from "../errors.ts";
import { unpackBody } from "./content_encoding.ts";

const TEXT = `{"schemaVersion": 2}`;
const PACKED = new Uint8Array(gzipSync(TEXT));

function answer(encoding: string | undefined): Response {
  const headers = encoding === undefined
    ? new Headers()
    : new Headers({ "content-encoding": encoding });
  return new Response(null, { headers });
}

Deno.test("what a proxy packed on its way is unpacked", async () => {
  for (const encoding of ["gzip", "x-gzip", "GZIP"]) {
    const response = await unpackBody(answer(encoding), PACKED, 1024);
    assertEquals(await response.text(), TEXT);
  }
});

Deno.test("what is not what its Content-Encoding says stays as it is", async () => {
  const plain = new TextEncoder().encode(TEXT);
  const broken = PACKED.slice(0, -9);
  const table = [
    [undefined, PACKED],
    ["identity", PACKED],
    ["br", PACKED],
    ["gzip", plain],
    ["gzip", broken],
    ["gzip", new Uint8Array()],
  ] as const;
  for (const [encoding, bytes] of table) {
    const response = await unpackBody(answer(encoding), bytes, 1024);
    assertEquals(new Uint8Array(await response.arrayBuffer()), bytes);
  }
});

Deno.test("what unpacks to more than its kind may have is refused", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(100_000)));
  const error = await assertRejects(
    () => unpackBody(answer("gzip"), bomb, 1000),
    ForgeError,
  );
  assertEquals(error.code, "TOO_LARGE");
});
