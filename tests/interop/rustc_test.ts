/** A WASI module of a real compiler: built, pushed, pulled and run. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { buildArtifact } from "../../src/artifact/mod.ts";
import { forgeRon, ociEntry, openWorkspace } from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { runForge, runTool } from "./processes.ts";
import { plainClient, pushArtifact } from "./push.ts";
import { DOCKER_REGISTRY, interopTest, RUSTC } from "./tools.ts";

const SOURCE = fromFileUrl(new URL("../fixtures/hello.rs", import.meta.url));

interopTest(
  "what rustc compiled for WASI runs when asked, and both its streams are seen",
  [DOCKER_REGISTRY, RUSTC],
  async () => {
    await using registry = await startDockerRegistry();
    await using work = await openWorkspace();
    const module = join(work.root, "hello.wasm");
    const target = ["--target", "wasm32-wasi", "-O", "-C", "strip=symbols"];
    await runTool(RUSTC, [...target, "-o", module, SOURCE]);
    await pushArtifact(
      plainClient().repository(registry.host, "acme/hello"),
      "v1",
      await buildArtifact(await Deno.readFile(module), { title: "hello.wasm" }),
    );
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry.host, "hello", "v1") }),
    );

    const loaded = await work.forge("run", "--json");
    assertEquals(loaded.status, 0, loaded.err);
    assertEquals(loaded.json().extensions[0]?.loaded, true);
    assertEquals(loaded.err.includes("hello from rustc"), false);

    const called = await runForge(work.root, "call", "hello", "_start");
    assertEquals(called.status, 0, called.err);
    assertStringIncludes(called.err, "[hello] hello from rustc\n");
    assertStringIncludes(called.err, "[hello] a word on the side\n");
  },
);
