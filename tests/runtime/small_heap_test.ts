/** What extensions make their host keep, in a heap that is too small for all that they say. */

import { assertEquals } from "@std/assert";
import { restartFlags } from "../permissions/real_process.ts";

const MAIN = new URL("./small_heap_main.ts", import.meta.url).pathname;
/** More than what is kept and what is at work, a fourth of what would be kept if nothing were let go. */
const HEAP_MIB = 64;

const kept: readonly (readonly [string, string, number])[] = [
  ["a line that is cut holds nothing of the message", "log", 60],
  ["a line holds nothing of what was written with it", "output", 300],
  ["a line that has not ended holds nothing of those before it", "rest", 120],
  ["listings that have begun are not all kept", "listings", 200],
];

for (const [name, part, count] of kept) {
  Deno.test(name, async () => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", ...restartFlags()],
        `--v8-flags=--max-old-space-size=${HEAP_MIB}`,
        ...[MAIN, part],
      ],
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    assertEquals(text(stdout), `${count}`, text(stderr));
  });
}
