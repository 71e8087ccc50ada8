/** Every shape in which WASM is published, stored by a real registry. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  pushWasm,
  startRegistry,
  type WasmShape,
} from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { copyImage, plainClient } from "./push.ts";
import { DOCKER_REGISTRY, interopTest } from "./tools.ts";

/** All shapes with one module; `spin` has two, and is a clear error. */
const SHAPES: readonly WasmShape[] = [
  ...["buildah", "cncf", "crane-append", "docker-build"] as const,
  ...["docker-buildx-index", "estargz", "forge-ci", "forge-server"] as const,
  ...["multi-platform-index", "oras-untyped", "runwasi"] as const,
  ...["runwasi-w3c", "solo", "tar", "tar-zstd", "wasm-to-oci"] as const,
  "wasmcloud",
];

interopTest(
  "every shape survives a real registry: uploaded by this client, pulled and run",
  [DOCKER_REGISTRY],
  async () => {
    await using memory = await startRegistry();
    await using registry = await startDockerRegistry();
    await using work = await openWorkspace();
    const client = plainClient();
    const bytes = await fixture("greeter");
    for (const shape of SHAPES) {
      const image = `acme/${shape}`;
      const pushed = await pushWasm(memory, image, "v1", bytes, { shape });
      const copied = await copyImage(
        client.repository(memory.host, image),
        client.repository(registry.host, image),
        "v1",
      );
      assertEquals(copied.digest, pushed.digest, shape);
    }
    await work.write(
      "forge.ron",
      forgeRon({
        oci: SHAPES.map((shape) => ociEntry(registry.host, shape, "v1")).join(
          "",
        ),
      }),
    );

    const ran = await work.forge("run", "--json");
    assertEquals(ran.status, 0, ran.err);
    for (const { name, path = "" } of ran.json().extensions) {
      assertStringIncludes(ran.err, `[${name}] hello from greeter\n`);
      assertEquals(await Deno.readFile(path), bytes, name);
    }
    assertEquals(ran.json().extensions.length, SHAPES.length);
  },
);
