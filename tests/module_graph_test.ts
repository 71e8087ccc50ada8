/** What an import loads, by structure and not by time. */

import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import denoJson from "../deno.json" with { type: "json" };
import {
  loadedLater,
  loadedWith,
  packagesOf,
  readModuleGraph,
  roomsOf,
} from "../scripts/module_graph.ts";
import { restartFlags } from "./permissions/real_process.ts";

const CONFIG = fromFileUrl(new URL("../deno.json", import.meta.url));

/** Packages that an import of the library loads at once, and why. */
const AT_ONCE: Readonly<Record<string, string>> = {};

/** What `forge --version` and `forge --help` load: the table of commands, no command. */
const ROOMS_OF_THE_START = ["cli", "errors.ts", "platform", "version.ts"];

/** What waits for a function that needs it. */
const LATER_ROOMS = ["registry", "http", "artifact"];

/** What takes long to load, for commands that only look at a file. */
const NETWORK_ROOMS = ["registry", "http", "artifact", "install", "runtime"];

Deno.test("importing the library loads no package that it may never use", async () => {
  const graph = await readModuleGraph("mod.ts");
  const loaded = loadedWith(graph, "mod.ts");
  assertEquals(packagesOf(loaded), Object.keys(AT_ONCE));
  const later = packagesOf(loadedLater(graph, loaded));
  assertEquals(later.includes("modern-tar"), true);
});

Deno.test("importing the library leaves the network and built-in modules for later", async () => {
  const graph = await readModuleGraph("mod.ts");
  const loaded = loadedWith(graph, "mod.ts");
  const builtIns = (names: Iterable<string>) =>
    [...names].filter((name) => name.startsWith("node:"));
  assertEquals(builtIns(loaded), []);
  const rooms = roomsOf(loaded);
  assertEquals(rooms.filter((room) => LATER_ROOMS.includes(room)), []);
  const later = loadedLater(graph, loaded);
  assertEquals(
    LATER_ROOMS.filter((room) => !roomsOf(later).includes(room)),
    [],
  );
  assertEquals(builtIns(later).includes("node:fs"), true);
});

Deno.test("./ron and ./oci load no package at all", async () => {
  for (const entry of ["src/ron/mod.ts", "src/oci.ts"]) {
    const graph = await readModuleGraph(entry);
    assertEquals(packagesOf(loadedWith(graph, entry)), [], entry);
  }
});

Deno.test("starting the command loads no command", async () => {
  const graph = await readModuleGraph("src/cli/main.ts");
  const loaded = loadedWith(graph, "src/cli/main.ts");
  assertEquals(roomsOf(loaded), ROOMS_OF_THE_START);
  const commands = (names: Iterable<string>) =>
    [...names].filter((name) => name.startsWith("src/cli/commands/"));
  assertEquals(commands(loaded), []);
  assertEquals(commands(loadedLater(graph, loaded)).length > 0, true);
});

Deno.test("forge check and forge fmt load nothing of the network or the runtime", async () => {
  const graph = await readModuleGraph("src/cli/main.ts");
  for (const word of ["check", "fmt"]) {
    const rooms = roomsOf(loadedWith(graph, `src/cli/commands/${word}.ts`));
    assertEquals(
      rooms.filter((room) => NETWORK_ROOMS.includes(room)),
      [],
      word,
    );
  }
});

Deno.test("importing a subpath touches nothing: it needs no permission at all", async () => {
  for (const path of Object.values(denoJson.exports)) {
    const module = new URL(`../${path}`, import.meta.url);
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      // A static import: code is loaded without permission, data is not.
      await Deno.writeTextFile(file, `import ${JSON.stringify(module.href)};`);
      const { success, stdout, stderr } = await new Deno.Command(
        Deno.execPath(),
        {
          args: ["run", "--no-prompt", "--no-check", "--config", CONFIG]
            .concat(restartFlags(), file),
          env: { NO_COLOR: "1" },
        },
      ).output();
      const [out, err] = [stdout, stderr]
        .map((bytes) => new TextDecoder().decode(bytes));
      assertEquals(
        { success, out, err },
        { success: true, out: "", err: "" },
        path,
      );
    } finally {
      await Deno.remove(file);
    }
  }
});
