/** Whether to colour and to draw again. */

import { assertEquals } from "@std/assert";
import { formatManner, mannerOf, parseManner } from "./terminal.ts";

const TTY = { isTTY: true };

Deno.test("colours and bars follow the terminal and the environment", () => {
  const manner = (
    stream: { isTTY?: boolean },
    noColor: boolean,
    variables: Record<string, string>,
  ) => formatManner(mannerOf(stream, noColor, variables));
  assertEquals(manner(TTY, false, {}), "color,redraws");
  assertEquals(manner({}, false, {}), "");
  assertEquals(manner(TTY, true, {}), "redraws");
  assertEquals(manner(TTY, true, { FORCE_COLOR: "1" }), "redraws");
  assertEquals(manner({}, false, { FORCE_COLOR: "1" }), "color");
  assertEquals(manner(TTY, false, { FORCE_COLOR: "0" }), "redraws");
  assertEquals(manner(TTY, false, { FORCE_COLOR: "" }), "color,redraws");
  assertEquals(manner(TTY, false, { TERM: "dumb" }), "");
  assertEquals(manner(TTY, false, { CI: "true" }), "color");
  assertEquals(manner(TTY, false, { CI: "false" }), "color,redraws");
});

Deno.test("a manner survives its way to another process", () => {
  for (const color of [true, false]) {
    for (const redraws of [true, false]) {
      const manner = { color, redraws };
      assertEquals(parseManner(formatManner(manner)), manner);
    }
  }
  assertEquals(parseManner(""), { color: false, redraws: false });
});
