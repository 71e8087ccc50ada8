import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { parseStrictJson } from "./strict_json.ts";

const REFUSED: readonly (readonly [why: string, text: string])[] = [
  ["a key twice", `{"a": 1, "a": 2}`],
  ["a key twice, spelled differently", `{"a": 1, "\\u0061": 2}`],
  ["a key twice, deep inside", `{"x": [{"y": {"k": 1, "b": {}, "k": 2}}]}`],
  ["a list", "[]"],
  ["a number", "1"],
  ["text after the end", `{} {}`],
  ["a byte order mark", "\ufeff{}"],
  ["a comment", `{/* */}`],
  ["nothing", ""],
  ["too many levels", `{"a":${"[".repeat(80)}${"]".repeat(80)}}`],
];

Deno.test("JSON that two readers could take for two things is refused", () => {
  for (const [why, text] of REFUSED) {
    const bytes = new TextEncoder().encode(text);
    const error = assertThrows(
      () => parseStrictJson(bytes, "it"),
      ForgeError,
      undefined,
      why,
    );
    assertEquals(error.code, "SIGNATURE_MALFORMED", why);
  }
  assertThrows(
    () => parseStrictJson(Uint8Array.of(0x7b, 0xff, 0x7d), "it"),
    ForgeError,
  );
});

Deno.test("equal keys of different objects are no duplicates, nor are texts that look like keys", () => {
  const text = `{"a": {"a": "a"}, "b": [{"k": 1}, {"k": "\\"a\\": 1"}]}`;
  assertEquals(parseStrictJson(text, "it"), JSON.parse(text));
});

Deno.test("base64 has one spelling for every content", () => {
  for (
    const text of [
      "QQ",
      "QQ=",
      "QR==",
      "Q Q=",
      "QQ==\n",
      "QQ==QQ==",
      "-_==",
      "====",
    ]
  ) {
    assertThrows(() => decodeBase64(text, "it"), ForgeError, undefined, text);
  }
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i * 7);
  assertEquals(decodeBase64(encodeBase64(bytes), "it"), bytes);
});
