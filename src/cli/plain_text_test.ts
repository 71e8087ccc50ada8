import { assertEquals } from "@std/assert";
import { shortText, withoutControls } from "./plain_text.ts";

Deno.test("text of strangers neither moves the cursor nor recolours the terminal", () => {
  assertEquals(
    withoutControls("a\x1b[31mb\rc\x9b"),
    "a\ufffd[31mb\ufffdc\ufffd",
  );
  assertEquals(
    withoutControls("\u202egpj.exe\u2066\u2028"),
    "\ufffdgpj.exe\ufffd\ufffd",
  );
  assertEquals(withoutControls("familiar: 👩‍🚀 é"), "familiar: 👩‍🚀 é");
  assertEquals(withoutControls("tab\tline\n"), "tab\tline\n");
});

Deno.test("text for a cell is one line and not long", () => {
  assertEquals(shortText(" two\n lines ", 20), "two lines");
  assertEquals(shortText("x".repeat(30), 5), "xxxx…");
});
