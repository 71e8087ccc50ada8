import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  createDiagnostic,
  formatDiagnostic,
  parseDocument,
  type RonDiagnostic,
} from "./mod.ts";

function first(text: string): RonDiagnostic {
  return parseDocument(text).diagnostics[0]!;
}

Deno.test("a picture shows message, place, line, carets and hint", () => {
  const text = "(\n    a: 1,\n    b = 2,\n)";
  assertEquals(
    formatDiagnostic(first(text), text, { fileName: "forge.ron" }),
    [
      "error[ExpectedMapColon]: Expected colon",
      "--> forge.ron:3:7",
      "  |",
      "3 |     b = 2,",
      "  |       ^",
      "hint: write `:` instead of `=`",
    ].join("\n"),
  );
});

Deno.test("colours wrap the same picture", () => {
  const text = "[1,,]";
  const plain = formatDiagnostic(first(text), text);
  const colored = formatDiagnostic(first(text), text, { color: true });
  assert(colored.includes("\x1b[31m"));
  // deno-lint-ignore no-control-regex
  assertEquals(colored.replace(/\x1b\[\d+m/g, ""), plain);
});

Deno.test("carets stand under the mark, behind tabs and wide characters", () => {
  const text = '[\t"é😀", ;]';
  const frame = formatDiagnostic(first(text), text).split("\n");
  const column = Array.from(frame[3]!).indexOf(";");
  assertEquals(frame[4]!.indexOf("^"), column);
});

Deno.test("a long line is cut around the mark", () => {
  const text = `[${'"abcdefgh", '.repeat(100_000)};, ${"1, ".repeat(1000)}]`;
  const lines = formatDiagnostic(first(text), text).split("\n");
  assert(lines.every((line) => line.length < 130));
  assertStringIncludes(lines[3]!, "…");
  assertEquals(lines[4]!.indexOf("^"), lines[3]!.indexOf(";"));
});

Deno.test("a mark of many lines shows the first and the last", () => {
  const text = "(\n" + "    a: 1,\n".repeat(20) + ")";
  const diagnostic = createDiagnostic(text, {
    severity: "error",
    code: "TooLong",
    message: "Too long",
    offset: 0,
    length: text.length,
  });
  assertEquals([diagnostic.line, diagnostic.endLine], [1, 22]);
  const picture = formatDiagnostic(diagnostic, text);
  assertStringIncludes(picture, " 1 | (");
  assertStringIncludes(picture, "...");
  assertStringIncludes(picture, "22 | )");
});

Deno.test("control characters cannot speak to the terminal", () => {
  const text = "[\x1b[31m]";
  assert(!formatDiagnostic(first(text), text).includes("\x1b"));
});

Deno.test("another place that explains the error is shown as a note", () => {
  const text = '(\n    a: "x,\n    b: "y",\n)';
  const diagnostic = first(text);
  assertEquals(diagnostic.related.map(({ line, message }) => [line, message]), [
    [2, "string opened here"],
  ]);
  assertStringIncludes(
    formatDiagnostic(diagnostic, text),
    "note: string opened here",
  );
});
