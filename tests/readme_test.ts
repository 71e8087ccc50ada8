/** The picture in README.md is what `deno task demo` shows, a little shortened. */

import { assertEquals, assertGreater } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { blocksOf } from "./documents/blocks.ts";
import { restartFlags } from "./permissions/real_process.ts";

const ROOT = new URL("../", import.meta.url);

/** A line without what differs each time, and without the captions of the README. */
function essence(line: string): string {
  return line.trim()
    .replace(/^(\$ .*?)\s{2,}\d\. .*$/, "$1")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/\S+\/forge\.ron/, "forge.ron")
    .replace(/\s+/g, " ");
}

async function picture(): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL("README.md", ROOT));
  const block = blocksOf({ path: "README.md", text })
    .find(({ text }) => text.startsWith("$ forge run"));
  return block?.text.split("\n").filter((line) => line !== "") ?? [];
}

Deno.test("the run that the README shows is one that the demo has made", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...restartFlags(), "scripts/demo.ts"],
    cwd: fromFileUrl(ROOT),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assertEquals(success, true, decoder.decode(stderr));
  const shown = decoder.decode(stdout) + decoder.decode(stderr);
  const lines = shown.split("\n").map(essence);
  const pictured = (await picture()).map(essence);
  assertGreater(pictured.length, 10);
  let at = 0;
  for (const line of pictured) {
    const found = lines.indexOf(line, at);
    assertGreater(found, -1, `The demo does not print: ${line}`);
    at = found + 1;
  }
});
