/** Ctrl-C in the middle of everything. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { fixture, forgeRon, openWorkspace } from "../cli/workspace.ts";
import { checkCache } from "./cache_check.ts";
import { startForge } from "./puller.ts";
import { BEGUN, spinningProject } from "./spinning.ts";
import { openStage, type Stage } from "./stage.ts";

const MIB = 1024 * 1024;
/** Four that can be gone on with, and one that is too small for that. */
const MODULES = [
  ...[3, 4, 5, 6].map((size) => ({
    paddingBytes: size * MIB,
    shape: "cncf" as const,
  })),
  { paddingBytes: 1024, shape: "cncf" as const },
];

for (const flags of [[], ["--no-sandbox"]]) {
  const command = ["pull", ...flags];
  Deno.test(`Ctrl-C ends forge ${command.join(" ")} at once and leaves only what can be gone on with`, async () => {
    await using stage = await openStage(MODULES);
    const { work, registry, expected } = stage;
    const stall = registry.fault({
      match: { path: /\/blobs\/sha256:/ },
      action: { kind: "stall", afterBytes: 2 * MIB },
    });
    using files = Deno.watchFs(work.cache);
    const pull = startForge(command, { cwd: work.root });
    await untilDownloadsStand(files, stage);
    assert(pull.signal("SIGINT", "group"));
    const { status, err } = await pull.ended;
    assertEquals(status, 130, err);
    const { temporaries, problems } = await checkCache(work.cache, expected);
    assertEquals(problems, []);
    assertEquals(temporaries.length, 4);
    for (const name of temporaries) {
      assert(name.endsWith("-kept.partial"), name);
    }

    stall.remove();
    registry.requests.clear();
    const again = await startForge(command, { cwd: work.root }).ended;
    assertEquals(again.status, 0, again.err);
    const ranges = registry.requests.map(({ headers }) => headers["range"])
      .filter((range) => range !== undefined);
    assertEquals(ranges.length, 4);
    const after = await checkCache(work.cache, expected);
    assertEquals(after.entries.length, MODULES.length);
    assertEquals([...after.temporaries, ...after.problems], []);
  });
}

for (const flags of [[], ["--no-sandbox"]]) {
  Deno.test(`Ctrl-C ends an extension that computes and so never hears of it${flags.map((flag) => ` with ${flag}`)}`, async () => {
    await using work = await openWorkspace();
    for (const [name, content] of Object.entries(await spinningProject())) {
      await work.write(name, content);
    }
    const begun = Promise.withResolvers<void>();
    const call = startForge(["call", "spin", "_start", ...flags], {
      cwd: work.root,
      onLine: (line) => line === BEGUN && begun.resolve(),
    });
    await begun.promise;
    assert(call.signal("SIGINT", "group"));
    assertEquals((await call.ended).status, 130);
  });
}

Deno.test("what forge watch has started ends when forge watch is killed", async () => {
  await using work = await openWorkspace();
  await work.write("world.wasm", await fixture("world"));
  const local = `(name: "world", path: "world.wasm")`;
  await work.write("forge.ron", forgeRon({ local }));
  const watching = Promise.withResolvers<void>();
  const watch = startForge(["watch"], {
    cwd: work.root,
    onLine: (line) => line === "Watching world" && watching.resolve(),
  });
  await watching.promise;
  assert(watch.signal("SIGKILL", "first"));
  // The last process has closed its streams.
  const { err } = await watch.ended;
  assertStringIncludes(err, "[world] shutting down");
});

/** Waits until each large download has got all that it will get. */
async function untilDownloadsStand(
  files: AsyncIterable<unknown>,
  { work }: Stage,
): Promise<void> {
  for await (const _ of files) {
    const large = work.cached().filter((name) => name.endsWith(".partial"))
      .filter((name) => sizeOf(join(work.cache, name)) >= 2 * MIB);
    if (large.length === 4) return;
  }
}

/** Another size than any when the file has just gone. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NaN;
    throw error;
  }
}
