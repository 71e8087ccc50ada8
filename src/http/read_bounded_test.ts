import { assertEquals, assertRejects } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { readBounded } from "./read_bounded.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function endless(onCancel: () => void): Response {
  return new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: onCancel,
    }),
  );
}

Deno.test("a body up to the limit is read whole", async () => {
  assertEquals(text(await readBounded(new Response("12345"), 5)), "12345");
  assertEquals(text(await readBounded(new Response(null), 5)), "");
});

Deno.test("a body beyond the limit fails, and is not read on", async () => {
  let isCancelled = false;
  const response = endless(() => isCancelled = true);
  const error = await assertRejects(
    () => readBounded(response, 2500),
    ForgeError,
  );
  assertEquals(error.code, "TOO_LARGE");
  assertEquals(isCancelled, true);
});

Deno.test("of a body beyond the limit the first bytes can be had", async () => {
  const bytes = await readBounded(endless(() => {}), 2500, { truncate: true });
  assertEquals(bytes.byteLength, 2500);
});
