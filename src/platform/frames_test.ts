import { assertEquals, assertThrows } from "@std/assert";
import { createFrameReader, encodeFrame } from "./frames.ts";

const MESSAGES: readonly unknown[] = [
  null,
  { a: [1, "é\u0000\u{1f600}", true, null] },
  { big: 2n ** 64n, numbers: [NaN, Infinity, -Infinity, -0, 0.1] },
  { bytes: new Uint8Array([0, 255, 10]), none: new Uint8Array() },
  { $: "bigint", value: "1" },
  { $: { $: 1n }, "": [{ $: [] }] },
];

Deno.test("messages arrive as they are, however their bytes are cut", () => {
  const bytes = MESSAGES.flatMap((message) => [...encodeFrame(message)]);
  for (const size of [1, 3, 7, 64, bytes.length]) {
    const found: unknown[] = [];
    const read = createFrameReader((message) => found.push(message));
    for (let i = 0; i < bytes.length; i += size) {
      read(Uint8Array.from(bytes.slice(i, i + size)));
    }
    assertEquals(found, MESSAGES as unknown[], `${size}`);
  }
});

Deno.test("what is not there does not arrive", () => {
  const found: unknown[] = [];
  createFrameReader((message) => found.push(message))(
    encodeFrame({ a: undefined, b: 1 }),
  );
  assertEquals(found, [{ b: 1 }]);
});

Deno.test("names that every object has are names like any other", () => {
  const found: object[] = [];
  const read = createFrameReader((message) => found.push(message as object));
  read(encodeFrame(JSON.parse('{"$": 1, "__proto__": {"a": 1}}')));
  assertEquals(Object.keys(found[0] ?? {}), ["$", "__proto__"]);
  assertEquals(Object.getPrototypeOf(found[0]), Object.prototype);
});

Deno.test("a message that is too long, or none, is refused", () => {
  const read = () => createFrameReader(() => {});
  assertThrows(() => read()(Uint8Array.of(255, 255, 255, 255)), RangeError);
  assertThrows(() => read()(Uint8Array.of(1, 0, 0, 0, 0x7b)), SyntaxError);
});
