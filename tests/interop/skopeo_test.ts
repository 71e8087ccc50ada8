/** Images that skopeo copied, pulled and run by `forge`. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { buildArtifact } from "../../src/artifact/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { writeLayout } from "./layout.ts";
import { runForge, runTool } from "./processes.ts";
import { DOCKER_REGISTRY, interopTest, SKOPEO, UMOCI } from "./tools.ts";

interopTest(
  "an artifact that skopeo copied is pulled, cached and run by a real process",
  [DOCKER_REGISTRY, SKOPEO],
  async () => {
    await using registry = await startDockerRegistry();
    await using work = await openWorkspace();
    const { host } = registry;
    const artifact = await buildArtifact(await fixture("greeter"), {
      title: "greeter.wasm",
    });
    await writeLayout(join(work.root, "layout"), "v1", artifact);
    await copyLayout(work.root, `${host}/acme/greeter:v1`);
    await work.write(
      "forge.ron",
      forgeRon({ oci: ociEntry(host, "greeter", "v1") }),
    );

    for (const status of ["pulled", "cached"]) {
      const ran = await runForge(work.root, "run", "--json");
      assertEquals(ran.status, 0, ran.err);
      const [entry] = ran.json().extensions;
      assertEquals(entry?.status, status);
      assertEquals(entry?.loaded, true);
      assertEquals(
        entry?.manifestDigest,
        artifact.manifest.descriptor.digest as string,
      );
      assertStringIncludes(ran.err, "[greeter] hello from greeter\n");
    }
  },
);

interopTest(
  "an image that umoci made and skopeo copied is pulled by tag and by the digest that skopeo prints",
  [DOCKER_REGISTRY, SKOPEO, UMOCI],
  async () => {
    await using registry = await startDockerRegistry();
    await using work = await openWorkspace();
    await work.write("greeter.wasm", await fixture("greeter"));
    await makeImage(work.root, "greeter.wasm");
    const image = `${registry.host}/acme/greeter:v1`;
    await copyLayout(work.root, image);
    const printed = await runTool(SKOPEO, [
      ...["inspect", "--tls-verify=false", "--format", "{{.Digest}}"],
      `docker://${image}`,
    ]);

    const asked = await work.forge("digest", image);
    assertEquals(asked.status, 0, asked.err);
    assertEquals(asked.out, printed);
    for (const reference of ["v1", printed.trim()]) {
      await work.write(
        "forge.ron",
        forgeRon({ oci: ociEntry(registry.host, "greeter", reference) }),
      );
      const ran = await work.forge("run", "--json");
      assertEquals(ran.status, 0, ran.err);
      assertEquals(ran.json().extensions[0]?.manifestDigest, printed.trim());
      assertStringIncludes(ran.err, "[greeter] hello from greeter\n");
    }
  },
);

/** Makes `layout` with an image of one file. */
async function makeImage(directory: string, file: string): Promise<void> {
  const image = "layout:v1";
  const options = { cwd: directory };
  await runTool(UMOCI, ["init", "--layout", "layout"], options);
  await runTool(UMOCI, ["new", "--image", image], options);
  await runTool(UMOCI, [
    ...["insert", "--rootless", "--image", image, file, "/extension.wasm"],
  ], options);
}

/** Copies the image in `layout` to a registry. */
async function copyLayout(directory: string, image: string): Promise<void> {
  await runTool(SKOPEO, [
    ...["--insecure-policy", "copy", "--dest-tls-verify=false"],
    ...[`oci:${join(directory, "layout")}:v1`, `docker://${image}`],
  ]);
}
