/** Files and tags that change under running extensions. */

import { assert, assertEquals } from "@std/assert";
import { basename, join } from "@std/path";
import { platform } from "../platform/deno.ts";
import { pushWasm, type Registry, startRegistry } from "../testing/mod.ts";
import { lockProject } from "./lock.ts";
import { openProject } from "./project.ts";
import { type WatchEvent, watchProject } from "./watch.ts";

function fixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(
    new URL(`../../tests/fixtures/${name}.wasm`, import.meta.url),
  );
}

interface Scene {
  readonly root: string;
  readonly registry: Registry;
  readonly events: WatchEvent[];
  /** What happened so far, in short; forgets it. */
  readonly told: () => string[];
  /** Puts a file where `forge.ron` names it; each time its time is another. */
  readonly write: (name: string, bytes: Uint8Array) => Promise<void>;
}

/** A time that nothing else waits for. */
const LOOK_MS = 1.5;

const RON = (host: string) =>
  `Config(extensions: Extensions(
    oci: [
      (name: "tagged", registry: "${host}", image: "acme/tagged", reference: Tag("v1")),
      (name: "pinned", registry: "${host}", image: "acme/pinned", reference: Digest("DIGEST")),
    ],
    local: [(name: "local", path: "local.wasm")],
    settings: Settings(docker_credentials: false),
  ))`;

/**
 * Watches while the steps are done, one before each look at the files; every
 * second look is at the tags, too.
 */
async function watch(
  prepare: (scene: Scene) => Promise<void>,
  steps: readonly ((scene: Scene) => Promise<void> | void)[],
): Promise<Scene> {
  const root = await Deno.makeTempDir({ prefix: "forge-watch-" });
  await using registry = await startRegistry();
  const events: WatchEvent[] = [];
  let time = 0;
  const scene: Scene = {
    root,
    registry,
    events,
    told: () =>
      events.splice(0).map((event) =>
        event.type === "watching"
          ? `watching ${event.names.join()}`
          : "outcome" in event
          ? `${event.type} ${event.outcome.name}`
          : event.type === "missing"
          ? `missing ${event.name} ${basename(event.path)}`
          : `${event.type} ${event.name} ${event.error.code}`
      ),
    async write(name, bytes) {
      const path = join(root, name);
      await Deno.writeFile(path, bytes);
      time += 10;
      await Deno.utime(path, time, time);
    },
  };
  try {
    const { digest } = await pushWasm(
      registry,
      "acme/pinned",
      "v1",
      await fixture("greeter"),
    );
    await pushWasm(registry, "acme/tagged", "v1", await fixture("greeter"));
    await scene.write("local.wasm", await fixture("greeter"));
    await Deno.writeTextFile(
      join(root, "forge.ron"),
      RON(registry.host).replace("DIGEST", digest),
    );
    await prepare(scene);
    await follow(scene, steps);
    return scene;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function follow(
  scene: Scene,
  steps: readonly ((scene: Scene) => Promise<void> | void)[],
): Promise<void> {
  const stop = new AbortController();
  const rest = [...steps];
  const project = await openProject({
    platform: { ...platform, cwd: () => scene.root },
  });
  await watchProject(project, {
    platform: {
      ...platform,
      clock: {
        ...platform.clock,
        async sleep(milliseconds, { signal } = {}) {
          // Downloads watch over their time, too.
          if (milliseconds !== LOOK_MS) {
            return await platform.clock.sleep(milliseconds, { signal });
          }
          const step = rest.shift();
          if (step === undefined) stop.abort(new Error("all is done"));
          else await step(scene);
          signal?.throwIfAborted();
        },
      },
    },
    signal: stop.signal,
    fileIntervalMs: LOOK_MS,
    tagIntervalMs: 2 * LOOK_MS,
    onEvent: (event) => scene.events.push(event),
  });
}

const LOADED = [
  "loaded tagged",
  "loaded pinned",
  "loaded local",
  "watching tagged,local",
];

Deno.test("what does not change is loaded once", async () => {
  const scene = await watch(() => Promise.resolve(), [
    ({ registry }) => registry.requests.clear(),
    () => {},
    () => {},
    ({ registry }) => {
      const paths = registry.requests.map(({ path }) => path);
      assert(paths.every((path) => path.includes("/acme/tagged/")), `${paths}`);
    },
  ]);
  assertEquals(scene.told(), LOADED);
});

Deno.test("a file that was built anew is reloaded when it has settled", async () => {
  await watch(() => Promise.resolve(), [
    async (scene) => {
      scene.told();
      await scene.write("local.wasm", await fixture("notes"));
    },
    // Seen once: it may still be written.
    ({ told }) => assertEquals(told(), []),
    ({ events, told }) => {
      const [event] = events;
      assert(event?.type === "reloaded");
      assert(event.extension.functions.includes("add_note"));
      assertEquals(told(), ["reloaded local"]);
    },
    ({ told }) => assertEquals(told(), []),
  ]);
});

Deno.test("a file that does not load leaves what ran, and its mending is seen", async () => {
  await watch(() => Promise.resolve(), [
    async (scene) => {
      scene.told();
      await scene.write("local.wasm", new Uint8Array([1, 2, 3, 4]));
    },
    () => {},
    async (scene) => {
      assertEquals(scene.told(), ["failed local WASM_INVALID"]);
      await scene.write("local.wasm", await fixture("bad_import"));
    },
    () => {},
    async (scene) => {
      assertEquals(scene.told(), ["failed local WASM_UNSUPPORTED"]);
      await Deno.remove(join(scene.root, "local.wasm"));
    },
    () => {},
    async (scene) => {
      assertEquals(scene.told(), ["missing local local.wasm"]);
      await scene.write("local.wasm", await fixture("notes"));
    },
    () => {},
    ({ told }) => assertEquals(told(), ["reloaded local"]),
  ]);
});

Deno.test("a file that is gone is told of once, and loaded anew when it is back as it was", async () => {
  const away = (root: string) => join(root, "away.wasm");
  await watch(() => Promise.resolve(), [
    async ({ root, told }) => {
      told();
      await Deno.rename(join(root, "local.wasm"), away(root));
    },
    // Seen once: a compiler may be about to write it anew.
    ({ told }) => assertEquals(told(), []),
    ({ told }) => assertEquals(told(), ["missing local local.wasm"]),
    () => {},
    async ({ root, told }) => {
      assertEquals(told(), []);
      await Deno.rename(away(root), join(root, "local.wasm"));
    },
    () => {},
    async ({ root, told }) => {
      assertEquals(told(), ["reloaded local"]);
      await Deno.rename(join(root, "local.wasm"), away(root));
    },
    () => {},
    ({ told }) => assertEquals(told(), ["missing local local.wasm"]),
  ]);
});

Deno.test("a file that was never there is told of by its failure alone", async () => {
  await watch(({ root }) => Deno.remove(join(root, "local.wasm")), [
    ({ told }) => assertEquals(told()[2]?.startsWith("failed local "), true),
    () => {},
    () => {},
    async (scene) => {
      assertEquals(scene.told(), []);
      await scene.write("local.wasm", await fixture("greeter"));
    },
    () => {},
    ({ told }) => assertEquals(told(), ["loaded local"]),
  ]);
});

Deno.test("what did not load at first is loaded when it can be", async () => {
  await watch((scene) => scene.write("local.wasm", new Uint8Array([0])), [
    async (scene) => {
      assertEquals(scene.told()[2], "failed local WASM_INVALID");
      await scene.write("local.wasm", await fixture("greeter"));
    },
    () => {},
    ({ told }) => assertEquals(told(), ["loaded local"]),
  ]);
});

Deno.test("a tag that was moved is pulled and reloaded", async () => {
  await watch(() => Promise.resolve(), [
    async (scene) => {
      scene.told();
      const bytes = await fixture("notes");
      await pushWasm(scene.registry, "acme/tagged", "v1", bytes);
    },
    () => {},
    ({ told }) => assertEquals(told(), ["reloaded tagged"]),
    () => {},
    ({ told }) => assertEquals(told(), []),
  ]);
});

Deno.test("a registry that is away is told of once, and its return is no change", async () => {
  await watch(() => Promise.resolve(), [
    ({ told, registry }) => {
      told();
      registry.fault({
        match: { path: /tagged\/manifests/ },
        action: { kind: "reply", status: 403 },
        times: 2,
      });
    },
    () => {},
    ({ told }) =>
      assertEquals(told().map((text) => text.split(" ").slice(0, 2)), [
        ["unreachable", "tagged"],
      ]),
    () => {},
    () => {},
    () => {},
    ({ told }) => assertEquals(told(), []),
  ]);
});

Deno.test("a tag of the lock file is not asked for", async () => {
  const scene = await watch(async ({ root, registry }) => {
    const text = RON(registry.host).replace('Digest("DIGEST")', 'Tag("v1")');
    await Deno.writeTextFile(join(root, "forge.ron"), text);
    const project = await openProject({
      platform: { ...platform, cwd: () => root },
    });
    await lockProject(project, { platform });
  }, [
    ({ registry }) => registry.requests.clear(),
    () => {},
    ({ registry }) => assertEquals(registry.requests.length, 0),
  ]);
  assertEquals(scene.told().at(-1), "watching local");
});
