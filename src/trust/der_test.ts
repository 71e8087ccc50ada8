import { assertEquals, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import {
  childrenOf,
  objectId,
  readDer,
  timeValue,
  unsignedInteger,
} from "./der.ts";

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  const pairs = hex.replaceAll(" ", "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (each) => parseInt(each, 16));
}

const read = (hex: string) => readDer(bytes(hex), "it");

const REFUSED: readonly (readonly [why: string, hex: string])[] = [
  ["nothing", ""],
  ["a tag alone", "30"],
  ["content that is cut", "04 02 00"],
  ["bytes after the end", "04 01 00 00"],
  ["an indefinite length", "30 80 00 00"],
  ["a long length where a short one does", "04 81 01 00"],
  ["a length with a zero in front", `04 82 00 81 ${"00".repeat(0x81)}`],
  ["a length of five bytes", "04 85 01 00 00 00 00"],
  ["a tag of several bytes", "1f 81 00 00"],
];

Deno.test("DER has one spelling, and others are refused", () => {
  for (const [why, hex] of REFUSED) {
    const error = assertThrows(() => read(hex), ForgeError, undefined, why);
    assertEquals(error.code, "SIGNATURE_MALFORMED", why);
  }
});

Deno.test("an element has exactly the parts that its content has", () => {
  const parts = childrenOf(read("30 06 02 01 05 04 01 ff"), 0x30);
  assertEquals(parts.map(({ tag }) => tag), [0x02, 0x04]);
  assertThrows(() => childrenOf(read("30 02 02 05")), ForgeError);
  assertThrows(() => childrenOf(read("04 00")), ForgeError);
});

Deno.test("a part that is nested without end is refused", () => {
  let element = readDer(nested(40), "it");
  assertThrows(() => {
    while (true) element = childrenOf(element)[0]!;
  }, ForgeError);
});

function nested(depth: number): Uint8Array<ArrayBuffer> {
  let content: number[] = [];
  for (let i = 0; i < depth; i++) content = [0x30, content.length, ...content];
  return Uint8Array.from(content);
}

Deno.test("integers are positive and without a zero too many", () => {
  const accepted = [["02 01 00", "00"], ["02 01 7f", "7f"], [
    "02 02 00 80",
    "80",
  ]];
  for (const [hex = "", digits = ""] of accepted) {
    assertEquals([...unsignedInteger(read(hex))], [...bytes(digits)]);
  }
  for (
    const hex of ["02 00", "02 01 80", "02 02 00 7f", "02 02 00 00", "04 01 01"]
  ) {
    assertThrows(() => unsignedInteger(read(hex)), ForgeError, undefined, hex);
  }
});

Deno.test("object identifiers are read in their dotted form", () => {
  assertEquals(
    objectId(read("06 08 2a 86 48 ce 3d 03 01 07")),
    "1.2.840.10045.3.1.7",
  );
  assertEquals(objectId(read("06 03 55 1d 11")), "2.5.29.17");
  for (const hex of ["06 00", "06 02 2a 86", "06 03 2a 80 01"]) {
    assertThrows(() => objectId(read(hex)), ForgeError, undefined, hex);
  }
});

Deno.test("times are in the forms of RFC 5280, and on a calendar", () => {
  const time = (tag: number, text: string) => {
    const content = new TextEncoder().encode(text);
    return timeValue(
      readDer(Uint8Array.of(tag, content.length, ...content), "it"),
    );
  };
  assertEquals(time(0x17, "260115120000Z"), Date.UTC(2026, 0, 15, 12));
  assertEquals(time(0x17, "500101000000Z"), Date.UTC(1950, 0, 1));
  assertEquals(time(0x18, "20500101000000Z"), Date.UTC(2050, 0, 1));
  for (
    const text of [
      "260230120000Z",
      "2601151200Z",
      "260115120000+0100",
      "261315120000Z",
    ]
  ) {
    assertThrows(() => time(0x17, text), ForgeError, undefined, text);
  }
});
