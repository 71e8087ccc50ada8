/** Two processes that want the same at the same moment. */

import { assertEquals } from "@std/assert";
import { buildArtifact } from "../../src/artifact/mod.ts";
import { digestBytes } from "../../src/oci/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { padModule } from "./padded_module.ts";
import { runForge } from "./processes.ts";
import { plainClient, pushArtifact } from "./push.ts";
import { DOCKER_REGISTRY, interopTest } from "./tools.ts";

/** Large enough that the downloads overlap, and within the limit for modules. */
const MODULE_BYTES = 8 * 1024 * 1024;

interopTest(
  "two processes that pull one reference into one cache both succeed and leave one entry",
  [DOCKER_REGISTRY],
  async () => {
    await using registry = await startDockerRegistry();
    await using work = await openWorkspace();
    const bytes = padModule(await fixture("greeter"), MODULE_BYTES);
    await pushArtifact(
      plainClient().repository(registry.host, "acme/greeter"),
      "v1",
      await buildArtifact(bytes, { title: "greeter.wasm" }),
    );
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(registry.host, "greeter", "v1") }),
    );

    const results = await Promise.all([
      runForge(work.root, "run", "--json"),
      runForge(work.root, "run", "--json"),
    ]);
    for (const { status, err, json } of results) {
      assertEquals(status, 0, err);
      assertEquals(json().extensions[0]?.loaded, true);
    }
    const { path = "" } = results[0]?.json().extensions[0] ?? {};
    assertEquals(
      await digestBytes(await Deno.readFile(path)),
      await digestBytes(bytes),
    );
    const entry = work.cached();
    assertEquals(entry.length, 2, entry.join(" "));
    const again = await work.forge("run", "--json", "--offline");
    assertEquals(again.json().extensions[0]?.status, "cached");
  },
);
