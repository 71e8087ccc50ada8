/** What other people's tools for publishing make, where they are installed. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { runTool } from "./processes.ts";
import { CRANE, DOCKER_REGISTRY, interopTest, ORAS } from "./tools.ts";

interopTest(
  "crane append publishes as the guide says, and crane and forge print one digest",
  [DOCKER_REGISTRY, CRANE],
  async () => {
    await using registry = await startDockerRegistry();
    await using work = await openWorkspace();
    await work.write("greeter.wasm", await fixture("greeter"));
    const image = `${registry.host}/acme/greeter:v1`;
    await runTool(CRANE, [
      ...["append", "--insecure", "--new_tag", image],
      ...["--new_layer", join(work.root, "greeter.wasm")],
    ]);
    const printed = await runTool(CRANE, ["digest", "--insecure", image]);
    const asked = await work.forge("digest", image);
    assertEquals(asked.out, printed);
    await assertRuns(work, registry.host, printed.trim());
  },
);

for (const types of [[], ["application/wasm"]]) {
  interopTest(
    `oras push ${types.join() || "without a type"} is pulled and run`,
    [DOCKER_REGISTRY, ORAS],
    async () => {
      await using registry = await startDockerRegistry();
      await using work = await openWorkspace();
      await work.write("greeter.wasm", await fixture("greeter"));
      const image = `${registry.host}/acme/greeter:v1`;
      await runTool(ORAS, [
        ...["push", "--plain-http", image],
        ["greeter.wasm", ...types].join(":"),
      ], { cwd: work.root });
      const printed = await runTool(ORAS, ["resolve", "--plain-http", image]);
      const asked = await work.forge("digest", image);
      assertEquals(asked.out.trim(), printed.trim());
      await assertRuns(work, registry.host, printed.trim());
    },
  );
}

async function assertRuns(
  work: Workspace,
  host: string,
  digest: string,
): Promise<void> {
  await work.write(
    "forge.ron",
    forgeRon({ oci: ociEntry(host, "greeter", "v1") }),
  );
  const ran = await work.forge("run", "--json");
  assertEquals(ran.status, 0, ran.err);
  assertEquals(ran.json().extensions[0]?.manifestDigest, digest);
  assertStringIncludes(ran.err, "[greeter] hello from greeter\n");
}
