/** Images that cosign signed, demanded by forge.ron. */

import { assertEquals } from "@std/assert";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  ociEntry,
  openWorkspace,
  type Workspace,
} from "../cli/workspace.ts";
import { runTool } from "./processes.ts";
import { COSIGN, interopTest } from "./tools.ts";

const ENV = { COSIGN_PASSWORD: "correct-horse-battery" };

async function cosign(
  { root }: Workspace,
  args: readonly string[],
): Promise<void> {
  await runTool(COSIGN, args, { cwd: root, env: { ...ENV, HOME: root } });
}

/** Major version 3 signs in the new form and asks where to by a file. */
async function isNewForm({ root }: Workspace): Promise<boolean> {
  const help = await runTool(COSIGN, ["sign", "--help"], { cwd: root });
  return help.includes("--use-signing-config");
}

function configOf(host: string, key: string): string {
  return `Config(extensions: Extensions(
  oci: [${ociEntry(host, "greeter", "v1")}],
  trust: Some((keys: ["${key}"])),
))`;
}

interopTest(
  "an image that cosign signed with a key is pulled by those who trust the key, and by nobody else",
  [COSIGN],
  async () => {
    await using registry = await startRegistry();
    await using work = await openWorkspace();
    const { host } = registry;
    const bytes = await fixture("greeter");
    const pushed = await pushWasm(registry, "acme/greeter", "v1", bytes);
    for (const name of ["acme", "other"]) {
      await cosign(work, [
        ...["generate-key-pair", "--output-key-prefix", name],
      ]);
    }
    await work.write("forge.ron", configOf(host, "acme.pub"));
    const pull = async () => {
      const { json } = await work.forge("pull", "--json");
      const [extension] = json().extensions;
      return extension?.error?.code ?? extension?.status;
    };
    assertEquals(await pull(), "SIGNATURE_MISSING");
    await cosign(work, [
      ...["sign", "--yes", "--key", "acme.key", "--tlog-upload=false"],
      ...(await isNewForm(work) ? ["--use-signing-config=false"] : []),
      ...["--allow-http-registry", `${host}/acme/greeter@${pushed.digest}`],
    ]);
    await work.write("forge.ron", configOf(host, "other.pub"));
    assertEquals(await pull(), "SIGNATURE_UNTRUSTED");
    assertEquals(work.cached(), []);
    await work.write("forge.ron", configOf(host, "acme.pub"));
    assertEquals(await pull(), "pulled");
    const offline = await work.forge("run", "--offline", "--json");
    assertEquals(offline.status, 0, offline.err);
  },
);
