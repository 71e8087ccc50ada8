import { assertEquals } from "@std/assert";
import { OutputLines } from "./output_lines.ts";

function linesOf(...chunks: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const output = new OutputLines((line) => lines.push(line));
  for (const chunk of chunks) {
    output.write(
      typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk,
    );
  }
  output.flush();
  return lines;
}

Deno.test("output is cut at line ends, wherever the writes are cut", () => {
  assertEquals(linesOf("one\ntw", "o\r\n", "\nlast"), [
    "one",
    "two",
    "",
    "last",
  ]);
});

Deno.test("a character that is split between two writes stays whole", () => {
  const bytes = new TextEncoder().encode("é\n");
  assertEquals(linesOf(bytes.subarray(0, 1), bytes.subarray(1)), ["é"]);
});

Deno.test("bytes that are not UTF-8 are replaced", () => {
  assertEquals(linesOf(Uint8Array.of(0x61, 0xff, 0x0a)), ["a\ufffd"]);
});

Deno.test("a line without end is passed on in pieces", () => {
  const lines = linesOf("x".repeat(40_000));
  assertEquals(lines.map((line) => line.length), [16_384, 16_384, 7_232]);
});

Deno.test("a line without end is never cut in the middle of a character", () => {
  const lines = linesOf(`x${"\u{1f600}".repeat(10_000)}`);
  assertEquals(lines.map((line) => line.length), [16_383, 3_618]);
  assertEquals(lines.filter((line) => !line.isWellFormed()), []);
});
