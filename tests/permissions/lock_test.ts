/** What the commands that write the lock file may write, and nothing else. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { parseLock } from "../../src/lock/mod.ts";
import { pushWasm, startRegistry } from "../../src/testing/mod.ts";
import {
  fixture,
  forgeRon,
  ociEntry,
  openWorkspace,
} from "../cli/workspace.ts";
import { readAudit, runForge } from "./real_process.ts";

/** A name that shells, flags and terminals would take apart. */
const DIRECTORY = "grüße 世界 & more";

Deno.test("the sandbox lets forge lock write the lock and the cache, and nothing beside them", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  await work.write(
    `${DIRECTORY}/forge.ron`,
    forgeRon({
      oci: ociEntry(registry, "greeter", "v1"),
      settings: "docker_credentials: false",
    }),
  );
  const cwd = await Deno.realPath(join(work.root, DIRECTORY));
  for (const command of ["lock", "pull"]) {
    const audit = join(work.root, `${command}.jsonl`);
    const { status, err } = await runForge([command], {
      cwd,
      env: { DENO_AUDIT_PERMISSIONS: audit },
    });
    assertEquals(status, 0, err);
    const cache = join(cwd, ".forge/extensions/cache");
    const written = (await readAudit(audit))
      .filter((use) => use.startsWith("write "))
      .map((use) => use.slice(6))
      .filter((path) => !path.startsWith(cache));
    const allowed = [join(cwd, "forge.lock"), join(cwd, "forge.lock.tmp")];
    assertEquals(written.filter((path) => !allowed.includes(path)), []);
  }
  const text = await Deno.readTextFile(join(cwd, "forge.lock"));
  assertEquals(parseLock(text).extensions.map(({ name }) => name), ["greeter"]);
  const frozen = await runForge(["run", "--frozen", "--json"], { cwd });
  assertEquals(frozen.status, 0, frozen.err);
  assertEquals(JSON.parse(frozen.out).sandbox, "process");
});

Deno.test("a lock file that is a link is written where it leads", async () => {
  await using registry = await startRegistry();
  await using work = await openWorkspace();
  await pushWasm(registry, "acme/greeter", "v1", await fixture("greeter"));
  const oci = ociEntry(registry, "greeter", "v1");
  await work.write("forge.ron", forgeRon({ oci }));
  await work.write("shared/the.lock", "Lock(version: 1, extensions: [])");
  const target = join(await Deno.realPath(work.root), "shared/the.lock");
  await Deno.symlink(target, join(work.root, "forge.lock"));
  const { status, err } = await runForge(["lock"], { cwd: work.root });
  assertEquals(status, 0, err);
  const { extensions } = parseLock(await Deno.readTextFile(target));
  assertEquals(extensions.length, 1);
  assert((await Deno.lstat(join(work.root, "forge.lock"))).isSymlink);
});

Deno.test("a process that may not write the lock says so before it pulls", async () => {
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
  const printed = await runForge(["permissions"], { cwd: work.root });
  const flags = printed.out.trim().split(" ");
  registry.requests.clear();
  const refused = await runForge(["lock"], { cwd: work.root, flags });
  assertEquals(refused.status, 1);
  assertStringIncludes(refused.err, "this process lacks");
  assertStringIncludes(refused.err, "forge.lock.tmp (the lock file)");
  assertEquals(registry.requests.length, 0);
  const [, asked = ""] = /Run Deno with (.*)/.exec(refused.err) ?? [];
  const granted = await runForge(["lock"], {
    cwd: work.root,
    flags: asked.split(" "),
  });
  assertEquals(granted.status, 0, granted.err);
  const run = await runForge(["run", "--frozen"], { cwd: work.root, flags });
  assertEquals(run.status, 0, run.err);
});
