import { assertEquals } from "@std/assert";
import { platform } from "../platform/deno.ts";
import { printLog } from "./narration.ts";

const said: readonly (readonly [string, string])[] = [
  ["hello", "[notes] hello\n"],
  ["", "[notes] \n"],
  ["ready\n", "[notes] ready\n"],
  ["one\n\ntwo\r\n", "[notes] one\n[notes] \n[notes] two\n"],
  // Nothing of it stands where the command speaks itself.
  ["ready\nerror: fake", "[notes] ready\n[notes] error: fake\n"],
  [
    "a\rerror: b\x85c\u2028d\x0be",
    "[notes] a\ufffderror: b\ufffdc\ufffdd\ufffde\n",
  ],
];

for (const [text, expected] of said) {
  Deno.test(`an entry ${JSON.stringify(text)} has the name in front of each line`, () => {
    let printed = "";
    const io = {
      ...{ platform, color: false, signal: new AbortController().signal },
      out: () => {},
      err: (more: string) => void (printed += more),
    };
    printLog(io, { name: "notes", stream: "log", level: "info", text });
    assertEquals(printed, expected);
  });
}
