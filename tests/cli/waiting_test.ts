/** Who waits for a registry is told so, on a terminal and if that is wanted. */

import { assertEquals } from "@std/assert";
import { platform } from "../../src/platform/deno.ts";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import { fixture, forgeRon, ociEntry, openWorkspace } from "./workspace.ts";

/** What a pull writes when every wait for the next drawing is as long as a wait for the registry. */
async function pull(...options: readonly string[]) {
  await using registry = await startRegistry();
  let nowMs = Date.now();
  let answer = () => {};
  const held = new Promise<void>((resolve) => answer = resolve);
  let drawings = 0;
  await using work = await openWorkspace({
    terminal: { columns: () => 80, rows: () => 24 },
    platform: {
      clock: {
        ...platform.clock,
        now: () => nowMs,
        async sleep(ms, options) {
          if (ms !== 100) return await platform.clock.sleep(ms, options);
          drawings += 1;
          nowMs += 1500;
          // The line has been drawn before.
          if (drawings === 3) answer();
          await platform.clock.sleep(1, options);
        },
      },
    },
  });
  const isTold = options.length === 0;
  registry.fault({
    match: { path: /\/manifests\// },
    action: { kind: "hold", until: isTold ? held : Promise.resolve() },
  });
  await pushWasm(registry, "acme/notes", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(registry, "notes", "v1") }),
  );
  const { status, err } = await work.forge("pull", ...options);
  assertEquals(status, 0, err);
  return { err, drawings, host: registry.host };
}

Deno.test("a pull on a terminal tells whom it waits for", async () => {
  const { err, host } = await pull();
  assertEquals(err.split("\n")[0], `waiting for ${host}, 1 s`);
});

for (const option of ["--quiet", "--json"]) {
  Deno.test(`with ${option} nothing is drawn on a terminal`, async () => {
    assertEquals((await pull(option)).drawings, 0);
  });
}
