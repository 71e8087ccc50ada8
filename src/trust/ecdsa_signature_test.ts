import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ForgeError } from "../errors.ts";
import { derFromRaw, rawFromDer } from "./ecdsa_signature.ts";

const ORDER =
  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

function integer(hex: string): number[] {
  const digits = (hex.match(/../g) ?? []).map((each) => parseInt(each, 16));
  return [0x02, digits.length, ...digits];
}

function signature(...numbers: readonly number[][]): Uint8Array<ArrayBuffer> {
  const content = numbers.flat();
  return Uint8Array.of(0x30, content.length, ...content);
}

Deno.test("a signature is the same after both conversions", () => {
  const number = fc.uint8Array({ minLength: 32, maxLength: 32 })
    .filter((bytes) => bytes.some((byte) => byte !== 0) && bytes[0] !== 0xff);
  fc.assert(fc.property(number, number, (r, s) => {
    const raw = Uint8Array.of(...r, ...s);
    assertEquals(rawFromDer(derFromRaw(raw), "P-256"), raw);
  }));
});

Deno.test("numbers from 1 to the order are accepted, at both ends", () => {
  const one = "01";
  const most = ORDER.slice(0, -1) + "0";
  const raw = rawFromDer(
    signature(integer(one), integer("00" + most)),
    "P-256",
  );
  assertEquals(raw[31], 1);
  assertEquals(raw.byteLength, 64);
});

const REFUSED:
  readonly (readonly [why: string, bytes: Uint8Array<ArrayBuffer>])[] = [
    ["zero", signature(integer("00"), integer("01"))],
    ["the order itself", signature(integer("01"), integer("00" + ORDER))],
    [
      "more than the order",
      signature(integer("00" + "ff".repeat(32)), integer("01")),
    ],
    ["a negative number", signature(integer("ff"), integer("01"))],
    ["a zero in front", signature(integer("0001"), integer("01"))],
    ["one number", signature(integer("01"))],
    ["three numbers", signature(integer("01"), integer("01"), integer("01"))],
    [
      "bytes after the end",
      Uint8Array.of(...signature(integer("01"), integer("01")), 0),
    ],
    ["nothing", new Uint8Array()],
    ["two numbers side by side", new Uint8Array(64).fill(1)],
  ];

Deno.test("what is not strictly a signature is refused", () => {
  for (const [why, bytes] of REFUSED) {
    const error = assertThrows(
      () => rawFromDer(bytes, "P-256"),
      ForgeError,
      undefined,
      why,
    );
    assertEquals(error.code, "SIGNATURE_MALFORMED", why);
  }
});
