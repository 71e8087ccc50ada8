/** One line for one transfer, as wide as there is room. */

import { assert, assertEquals } from "@std/assert";
import { formatBar, formatProgressWords } from "./progress_line.ts";

const MIB = 1024 * 1024;
const half = {
  receivedBytes: 20 * MIB,
  totalBytes: 40 * MIB,
  bytesPerSecond: 2 * MIB,
  secondsLeft: 10,
};

Deno.test("a bar is never wider than the terminal, whatever its width", () => {
  for (let columns = 1; columns <= 200; columns++) {
    for (const totalBytes of [half.totalBytes, 0]) {
      const options = { columns, nameColumns: 5 };
      const line = formatBar("notes", { ...half, totalBytes }, options);
      assert(line.length <= columns, `${columns}: ${line}`);
    }
  }
});

Deno.test("less room leaves the name and how much is done", () => {
  const line = (columns: number) =>
    formatBar("notes", half, { columns, nameColumns: 5 });
  assert(line(79).includes("[====="), line(79));
  assertEquals(line(26), "notes   50%   2.0 MiB/s");
  assertEquals(line(12), "notes   50%");
  assertEquals(line(4), "50%");
});

Deno.test("an unknown size leaves out what follows from it", () => {
  const unknown = { ...half, totalBytes: 0, secondsLeft: undefined };
  assertEquals(
    formatProgressWords("notes", unknown),
    "notes: 20.0 MiB, 2.0 MiB/s",
  );
});

Deno.test("a transfer that stands still says so", () => {
  const still = { ...half, bytesPerSecond: 0, secondsLeft: undefined };
  assert(formatProgressWords("notes", still).endsWith("0 B/s, stalled"));
  const unsent = { ...still, receivedBytes: 0 };
  assert(formatProgressWords("notes", unsent).endsWith("0 B/s, waiting"));
});

Deno.test("a name that would move the cursor does not", () => {
  const line = formatBar("a\x1b[2Jb", half, { columns: 79, nameColumns: 6 });
  assert(!line.includes("\x1b"));
});
