/** A real registry with passwords. */

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { buildArtifact } from "../../src/artifact/mod.ts";
import {
  type CommandResult,
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { writeLayout } from "./layout.ts";
import { runTool } from "./processes.ts";
import { DOCKER_REGISTRY, HTPASSWD, interopTest, SKOPEO } from "./tools.ts";

const PASSWORD = "c0rrect-h0rse";

interopTest(
  "the right password pulls; a wrong one, and none, are refused and leave nothing",
  [DOCKER_REGISTRY, HTPASSWD, SKOPEO],
  async () => {
    await using registry = await startDockerRegistry({
      users: { ada: PASSWORD },
    });
    const { host } = registry;
    await publish(host);

    const right = await pull(host, { NAME: "ada", TOKEN: PASSWORD });
    assertEquals(right.status, 0, right.err);
    assertEquals(right.json().extensions[0]?.status, "pulled");
    assertFalse((right.out + right.err).includes(PASSWORD));

    const wrong = await pull(host, { NAME: "ada", TOKEN: "wr0ng-h0rse" });
    assertRefused(wrong);
    assertFalse((wrong.out + wrong.err).includes("wr0ng-h0rse"));

    const none = await pull(host, {});
    assertRefused(none);
    assertStringIncludes(none.err, "NAME");
  },
);

function assertRefused(result: CommandResult & { cached: string[] }): void {
  assertEquals(result.status, 1);
  assertEquals(result.json().extensions[0]?.error?.code, "REGISTRY_AUTH");
  assertStringIncludes(
    result.err,
    "Failed to pull OCI image: authentication failed",
  );
  assertEquals(result.cached, []);
}

async function pull(
  host: string,
  env: Readonly<Record<string, string>>,
): Promise<CommandResult & { cached: string[] }> {
  await using work = await openWorkspace({ env });
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(host, "greeter", "v1"),
      auth:
        `"${host}": RegistryAuth(username_env: Some("NAME"), token_env: Some("TOKEN"))`,
    }),
  );
  const result = await work.forge("pull", "--json");
  return { ...result, cached: work.cached() };
}

async function publish(host: string): Promise<void> {
  await using work = await openWorkspace();
  const layout = join(work.root, "layout");
  await writeLayout(
    layout,
    "v1",
    await buildArtifact(await fixture("greeter"), { title: "greeter.wasm" }),
  );
  await runTool(SKOPEO, [
    ...["--insecure-policy", "copy", "--dest-tls-verify=false"],
    ...["--dest-creds", `ada:${PASSWORD}`],
    ...[`oci:${layout}:v1`, `docker://${host}/acme/greeter:v1`],
  ]);
}
