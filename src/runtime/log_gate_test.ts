import { assert, assertEquals, assertLess } from "@std/assert";
import type { LogLine } from "./log.ts";
import { LogGate, MAX_LINE_LENGTH } from "./log_gate.ts";

function openGate() {
  const clock = { time: 0, now: () => clock.time };
  const lines: LogLine[] = [];
  const gate = new LogGate("notes", {
    onLog: (line) => lines.push(line),
    clock,
  });
  const say = (text: string) =>
    gate.pass({ name: "notes", stream: "log", level: "info", text });
  return { clock, lines, say };
}

Deno.test("lines pass as they are", () => {
  const { lines, say } = openGate();
  say("hello");
  assertEquals(lines, [
    { name: "notes", stream: "log", level: "info", text: "hello" },
  ]);
});

Deno.test("a line that is too long is cut", () => {
  const { lines, say } = openGate();
  say("x".repeat(1_000_000));
  assertEquals(lines[0]?.text.length, MAX_LINE_LENGTH + 1);
  assert(lines[0]?.text.endsWith("x…"));
});

Deno.test("a line is never cut in the middle of a character", () => {
  const { lines, say } = openGate();
  say(`x${"\u{1f600}".repeat(10_000)}`);
  assertEquals(lines[0]?.text, `x${"\u{1f600}".repeat(8191)}…`);
});

Deno.test("a flood ends after a megabyte, and that is said once", () => {
  const { lines, say } = openGate();
  for (let i = 0; i < 100_000; i++) say("x".repeat(1000));
  const size = lines.reduce((sum, { text }) => sum + text.length, 0);
  assertLess(size, 1024 * 1024);
  assertEquals(lines.filter(({ level }) => level === "warn"), [{
    name: "notes",
    stream: "log",
    level: "warn",
    text: "it says too much, lines are dropped",
  }]);
});

Deno.test("empty lines are a flood, too", () => {
  const { lines, say } = openGate();
  for (let i = 0; i < 100_000; i++) say("");
  assertLess(lines.length, 20_000);
});

Deno.test("after a while lines pass again, and how many are missing is said", () => {
  const { clock, lines, say } = openGate();
  const line = "x".repeat(10_000);
  for (let i = 0; i < 200; i++) say(line);
  const passed = lines.filter(({ text }) => text === line).length;
  clock.time = 1000;
  say("back");
  assertEquals(lines.slice(-2).map(({ text }) => text), [
    `${200 - passed} lines of it were dropped`,
    "back",
  ]);
});

Deno.test("what passes in the long run is what a second allows", () => {
  const { clock, lines, say } = openGate();
  for (clock.time = 0; clock.time < 100_000; clock.time += 10) {
    say("x".repeat(10_000));
  }
  const size = lines.reduce((sum, { text }) => sum + text.length, 0);
  assertLess(size, 1024 * 1024 + 100 * 128 * 1024);
});
