/** `forge watch`: what it says, and how it ends. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { platform } from "../../src/platform/deno.ts";
import { fixture, forgeRon, openWorkspace } from "./workspace.ts";

/** Watches a file; another module, or nothing, takes its place at the first look, and at the fourth all ends. */
async function watchOnce(
  second: Uint8Array | undefined,
  ...args: readonly string[]
) {
  const stop = new AbortController();
  let looks = 0;
  let path = "";
  await using work = await openWorkspace({
    signal: stop.signal,
    platform: {
      clock: {
        ...platform.clock,
        async sleep(milliseconds, { signal } = {}) {
          // Half a second is what it waits between two looks at files.
          if (milliseconds !== 500) {
            return await platform.clock.sleep(milliseconds, { signal });
          }
          looks += 1;
          if (looks === 1 && second === undefined) await Deno.remove(path);
          else if (looks === 1 && second !== undefined) {
            await Deno.writeFile(path, second);
            await Deno.utime(path, 10, 10);
          }
          if (looks === 4) stop.abort(new Error("Ctrl-C"));
          signal?.throwIfAborted();
        },
      },
    },
  });
  path = join(work.root, "a.wasm");
  await work.write("a.wasm", await fixture("world"));
  await work.write(
    "forge.ron",
    forgeRon({ local: `(name: "a", path: "a.wasm")` }),
  );
  return await work.forge("watch", ...args);
}

Deno.test("watch tells what it loads and reloads, and Ctrl-C is its end", async () => {
  const { status, out, err } = await watchOnce(await fixture("tracker"));
  assertEquals(status, 0, err);
  assertEquals(out, "");
  assertMatch(
    err,
    /^loaded a, world 0\.2\.0 \(sha256:[0-9a-f]{12}, 2\.0 KiB\)\nWatching a\n/,
  );
  assertMatch(err, /^reloaded a, tracker 1\.2\.0 \(sha256:/m);
  // Who goes says goodbye, and so does who is there at the end.
  assertStringIncludes(err, "[a] shutting down\n");
  assertMatch(err, /\[a\] answered 0 calls\n$/);
});

Deno.test("watch says what does not load, and goes on", async () => {
  const { status, err } = await watchOnce(await fixture("bad_import"), "-q");
  assertEquals(status, 0);
  assertMatch(err, /^error: a: Cannot load a: it imports function "env"/m);
  assertMatch(err, /\[a\] shutting down\n$/);
});

Deno.test("watch warns of a file that is gone, and goes on", async () => {
  const { status, err } = await watchOnce(undefined, "-q");
  assertEquals(status, 0);
  assertMatch(err, /^warning: a: \S*a\.wasm is gone\n {2}hint: What ran/);
  assertMatch(err, /\[a\] shutting down\n$/);
});

for (const interval of ["0", "-1", "soon", "1e9", ""]) {
  Deno.test(`watch --interval=${interval} is refused`, async () => {
    await using work = await openWorkspace();
    const { status, err } = await work.forge("watch", `--interval=${interval}`);
    assertEquals(status, 2);
    assertStringIncludes(err, `"${interval}" as the interval`);
  });
}
