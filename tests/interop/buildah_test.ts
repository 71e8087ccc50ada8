/** The guide's Dockerfile, built and pushed by buildah. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { runTool } from "./processes.ts";
import { BUILDAH, DOCKER_REGISTRY, interopTest } from "./tools.ts";

const DOCKERFILE = `# Dockerfile.extension
FROM scratch
COPY target/wasm32-wasip1/release/your_extension.wasm /extension.wasm
`;

for (const format of ["oci", "docker"]) {
  interopTest(
    `an image of the guide's Dockerfile in ${format} format is pulled, cached and run`,
    [DOCKER_REGISTRY, BUILDAH],
    async () => {
      await using registry = await startDockerRegistry();
      await using work = await openWorkspace();
      const { host } = registry;
      await work.write("Dockerfile.extension", DOCKERFILE);
      await work.write(
        "target/wasm32-wasip1/release/your_extension.wasm",
        await fixture("greeter"),
      );
      await buildAndPush(work.root, format, `${host}/acme/greeter:v1`);
      await work.write(
        "forge.ron",
        forgeRon({ oci: ociEntry(host, "greeter", "v1") }),
      );

      for (const status of ["pulled", "cached"]) {
        const ran = await work.forge("run", "--json");
        assertEquals(ran.status, 0, ran.err);
        assertEquals(ran.json().extensions[0]?.status, status);
        assertStringIncludes(ran.err, "[greeter] hello from greeter\n");
      }
      const { path = "" } = (await work.forge("pull", "--json")).json()
        .extensions[0] ?? {};
      assertEquals(await Deno.readFile(path), await fixture("greeter"));
    },
  );
}

/** With storage of its own, which needs no privileges and is left to nobody. */
async function buildAndPush(
  directory: string,
  format: string,
  image: string,
): Promise<void> {
  const storage = [
    ...["--root", join(directory, "storage")],
    ...["--runroot", join(directory, "run"), "--storage-driver", "vfs"],
  ];
  await runTool(BUILDAH, [
    ...[...storage, "bud", "--isolation", "chroot", "--format", format],
    ...["-f", join(directory, "Dockerfile.extension"), "-t", image, directory],
  ]);
  await runTool(BUILDAH, [
    ...[...storage, "push", "--tls-verify=false", image, `docker://${image}`],
  ]);
}
