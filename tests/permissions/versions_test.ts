/** What the commands that change versions may do, and nothing else. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { readAudit, runForge } from "./real_process.ts";

Deno.test("the sandbox lets pin, outdated and update write what they change, and ask the registry only", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    "forge.ron",
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  const cwd = await Deno.realPath(work.root);
  const changed = ["forge.ron", "forge.lock"].flatMap((name) => [
    join(cwd, name),
    join(cwd, `${name}.tmp`),
  ]);
  const uses = async (...args: readonly string[]) => {
    const audit = join(work.root, `${args[0]}.jsonl`);
    const { status, err } = await runForge(args, {
      cwd,
      env: { DENO_AUDIT_PERMISSIONS: audit },
    });
    assertEquals(status, 0, err);
    const all = await readAudit(audit);
    const hosts = all.filter((use) => /^net [^/]*$/.test(use));
    assertEquals([...new Set(hosts)], [`net ${registry.host}`]);
    const cache = join(cwd, ".forge/extensions/cache");
    return all.filter((use) => use.startsWith("write "))
      .map((use) => use.slice(6))
      .filter((path) => !path.startsWith(cache));
  };
  const beside = (paths: readonly string[]) =>
    paths.filter((path) => !changed.includes(path));
  assertEquals(await uses("outdated"), []);
  assertEquals(beside(await uses("pin")), []);
  assertEquals((await runForge(["lock"], { cwd })).status, 0);
  await pushWasm(registry, "acme/greeter", "v1", await fixture("world"));
  assertEquals(beside(await uses("update", "--yes")), []);
  const frozen = await runForge(["run", "--frozen", "--offline"], { cwd });
  assertEquals(frozen.status, 0, frozen.err);
  assertStringIncludes(frozen.err + frozen.out, "greeter");
});
