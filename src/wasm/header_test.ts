import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ForgeError } from "../errors.ts";
import { checkHeader } from "./header.ts";

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("a core module and a component are told apart", () => {
  assertEquals(
    checkHeader(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
    "core",
  );
  assertEquals(
    checkHeader(new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])),
    "component",
  );
});

const tar = new Uint8Array(512);
tar.set(text("extension.wasm"));
tar.set(text("ustar"), 257);

const REFUSED: readonly (readonly [string, Uint8Array, string])[] = [
  ["an empty file", new Uint8Array(), "too small to be a WASM module"],
  [
    "three bytes",
    new Uint8Array([0, 0x61, 0x73]),
    "too small to be a WASM module",
  ],
  [
    "a magic number without a version",
    new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0]),
    "truncated, no version",
  ],
  ["HTML", text("\n<!DOCTYPE html><html>"), "HTML"],
  ["gzip", new Uint8Array([0x1f, 0x8b, 8, 0]), "gzip"],
  ["zstd", new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]), "zstd"],
  ["an ELF program", new Uint8Array([0x7f, 0x45, 0x4c, 0x46]), "ELF"],
  ["a tar", tar, "a tar archive"],
  ["JSON", text('{"errors": []}'), "JSON"],
  ["WAT", text('(module (func (export "run")))'), "WAT text"],
  ["WAT after a comment", text(";; hello\n(module)"), "WAT text"],
  ["a component in text", text("(component)"), "WAT text"],
  [
    "a Git LFS pointer",
    text("version https://git-lfs.github.com/spec/v1"),
    "a Git LFS pointer",
  ],
  ["a script", text("#!/bin/sh\n"), "a script"],
  ["prose", text("not found\n"), "text"],
  ["zeros", new Uint8Array(64), "zeros"],
];

for (const [name, bytes, words] of REFUSED) {
  Deno.test(`${name} is refused, and the message says what it is`, () => {
    const error = assertThrows(() => checkHeader(bytes), ForgeError);
    assertEquals(error.code, "WASM_INVALID");
    assertStringIncludes(error.message, words);
    if (bytes.byteLength >= 4 && words !== "truncated, no version") {
      assertStringIncludes(error.message, "Invalid WASM magic number");
    }
  });
}

Deno.test("bytes that look like nothing known are quoted and not guessed at", () => {
  const error = assertThrows(
    () => checkHeader(new Uint8Array([0xde, 0xad, 0xbe, 0xef])),
    ForgeError,
  );
  assertEquals(
    error.message,
    'Cannot load WASM module: Invalid WASM magic number "de ad be ef"',
  );
});

Deno.test("other versions and layers are refused as unsupported", () => {
  for (
    const version of [[2, 0, 0, 0], [0x0c, 0, 1, 0], [1, 0, 2, 0], [
      0x0d,
      0,
      0,
      0,
    ]]
  ) {
    const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, ...version]);
    const error = assertThrows(() => checkHeader(bytes), ForgeError);
    assertEquals(error.code, "WASM_UNSUPPORTED");
  }
});
