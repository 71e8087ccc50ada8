import { assertEquals } from "@std/assert";
import { formatAge, formatSize, formatTable, shortDigest } from "./table.ts";

Deno.test("columns are as wide as their widest cell, and lines end with text", () => {
  assertEquals(
    formatTable([["NAME", "STATUS"], ["a", "cached"], ["long-name", "ok"]]),
    "NAME       STATUS\na          cached\nlong-name  ok\n",
  );
});

Deno.test("numbers end flush", () => {
  assertEquals(
    formatTable([["SIZE", "NAME"], ["9 B", "a"], ["1.0 KiB", "b"]], [0]),
    "   SIZE  NAME\n    9 B  a\n1.0 KiB  b\n",
  );
});

Deno.test("where a terminal is too narrow the longest cells lose their middle", () => {
  const rows = [["NAME", "REFERENCE", "STATUS"], [
    "greeter",
    "registry.example.com/acme/extensions/greeter:v1.0.0",
    "cached, loaded",
  ]];
  const narrow = formatTable(rows, [], 50);
  assertEquals(
    narrow,
    "NAME     REFERENCE                  STATUS\n" +
      "greeter  registry.exa…eeter:v1.0.0  cached, loaded\n",
  );
  assertEquals(formatTable(rows, [], 200), formatTable(rows));
  for (const line of formatTable(rows, [], 5).trimEnd().split("\n")) {
    assertEquals(line.length <= 3 * 12 + 4, true, line);
  }
});

Deno.test("cells of strangers cannot move the cursor", () => {
  assertEquals(
    formatTable([["NAME", "X"], ["\x1b[2Ja\nb\tc\x07", "y"]]),
    "NAME        X\n\ufffd[2Ja b c\ufffd  y\n",
  );
});

Deno.test("times are told as people do", () => {
  const now = Date.UTC(2026, 0, 31, 12);
  const table = [
    [0, "just now"],
    [59, "just now"],
    [60, "1 minute ago"],
    [3_599, "59 minutes ago"],
    [7_200, "2 hours ago"],
    [86_400, "1 day ago"],
    [30 * 86_400, "30 days ago"],
    [31 * 86_400, "2025-12-31"],
    // A clock that is a little behind, and one that is wrong.
    [-30, "just now"],
    [-86_400, "2026-02-01"],
  ] as const;
  for (const [seconds, text] of table) {
    assertEquals(formatAge(now - seconds * 1000, now), text, `${seconds} s`);
  }
});

Deno.test("a table of nothing is empty", () => {
  assertEquals(formatTable([]), "");
});

const sizes: readonly (readonly [bytes: number, text: string])[] = [
  [0, "0 B"],
  [1, "1 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1536, "1.5 KiB"],
  [102_348, "99.9 KiB"],
  [102_399, "100 KiB"],
  [1_048_063, "1023 KiB"],
  [1_048_064, "1.0 MiB"],
  [256 * 1024 ** 2, "256 MiB"],
  [1024 ** 3, "1.0 GiB"],
  [5 * 1024 ** 5, "5120 TiB"],
];

for (const [bytes, text] of sizes) {
  Deno.test(`${bytes} bytes are ${text}`, () => {
    assertEquals(formatSize(bytes), text);
  });
}

Deno.test("a short digest keeps its algorithm and twelve digits", () => {
  assertEquals(
    shortDigest(`sha256:${"0123456789abcdef".repeat(4)}`),
    "sha256:0123456789ab",
  );
  assertEquals(shortDigest("abc"), "abc");
});
