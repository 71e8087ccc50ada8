/** Archives of forge, read by other people's tools, and the reverse. */

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
import { DOCKER_REGISTRY, interopTest, ORAS, SKOPEO, TAR } from "./tools.ts";

/** The greeter on a real registry, in a cache and in an archive. */
async function exportGreeter() {
  const registry = await startDockerRegistry();
  const work = await openWorkspace();
  const wasm = await fixture("greeter");
  await work.write("greeter.wasm", wasm);
  const ref = `${registry.host}/acme/greeter:v1`;
  const { out } = await work.forge("publish", "greeter.wasm", ref);
  const ron = forgeRon({ oci: ociEntry(registry.host, "greeter", "v1") });
  await work.write("forge.ron", ron);
  await work.forge("pull");
  const { status, err } = await work.forge("cache", "export", "images.tar");
  assertEquals(status, 0, err);
  return {
    ...{ registry, work, wasm, ref, ron, digest: out.trim() },
    archive: join(work.root, "images.tar"),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

interopTest(
  "skopeo reads an archive of forge, by the name of the image",
  [DOCKER_REGISTRY, SKOPEO],
  async () => {
    await using scene = await exportGreeter();
    const image = `oci-archive:${scene.archive}:${scene.ref}`;
    const raw = await runTool(SKOPEO, ["inspect", "--raw", image]);
    assertStringIncludes(raw, "application/vnd.wasm.config.v0+json");
    const copy = `docker://${scene.registry.host}/from/archive:v1`;
    await runTool(SKOPEO, ["copy", "--dest-tls-verify=false", image, copy]);
    const digest = await scene.work.forge("digest", copy.slice(9));
    assertEquals(digest.out.trim(), scene.digest);
  },
);

interopTest(
  "oras reads an archive of forge, by digest",
  [DOCKER_REGISTRY, ORAS],
  async () => {
    await using scene = await exportGreeter();
    const directory = join(scene.work.root, "oras");
    await runTool(ORAS, [
      ...["pull", "--oci-layout", `${scene.archive}@${scene.digest}`],
      ...["--output", directory],
    ]);
    assertEquals(
      await Deno.readFile(join(directory, "greeter.wasm")),
      scene.wasm,
    );
  },
);

interopTest(
  "an archive that skopeo has written is imported and run offline",
  [DOCKER_REGISTRY, SKOPEO],
  async () => {
    await using scene = await exportGreeter();
    await using other = await openWorkspace();
    await runTool(SKOPEO, [
      ...["copy", "--src-tls-verify=false", `docker://${scene.ref}`],
      `oci-archive:${join(other.root, "theirs.tar")}:${scene.ref}`,
    ]);
    await other.write("forge.ron", scene.ron);
    const imported = await other.forge("cache", "import", "theirs.tar");
    assertEquals(imported.status, 0, imported.err);
    const run = await other.forge("run", "--offline", "--json");
    assertEquals(run.status, 0, run.err);
    assertEquals(run.json().extensions[0]?.manifestDigest, scene.digest);
  },
);

/** Imports an archive of others on a machine without a network, and runs it. */
async function importAndRun(
  { digest }: { readonly digest: string },
  ron: string,
  archive: string,
  ...more: string[]
) {
  await using other = await openWorkspace();
  await other.write("forge.ron", ron);
  const imported = await other.forge("cache", "import", archive, ...more);
  if (imported.status !== 0) return imported;
  const run = await other.forge("run", "--offline", "--json");
  assertEquals(run.status, 0, run.err);
  assertEquals(run.json().extensions[0]?.manifestDigest, digest);
  return imported;
}

interopTest(
  "a layout that oras has written is imported by its digest, or as the extension that it is",
  [DOCKER_REGISTRY, ORAS],
  async () => {
    await using scene = await exportGreeter();
    const layout = join(scene.work.root, "layout");
    const archive = join(scene.work.root, "oras.tar");
    await runTool(ORAS, [
      ...["cp", "--from-plain-http", scene.ref],
      ...["--to-oci-layout", `${layout}:v1`],
    ]);
    await runTool(TAR, ["-cf", archive, "-C", layout, "."]);
    const nameless = await importAndRun(scene, scene.ron, archive);
    assertEquals(nameless.status, 1);
    assertStringIncludes(nameless.out, "--as NAME");
    const directory = await importAndRun(scene, scene.ron, layout);
    assertStringIncludes(directory.err, "tar -cf");
    const as = ["--as", "greeter"];
    const named = await importAndRun(scene, scene.ron, archive, ...as);
    assertEquals(named.status, 0, named.err);
    const { registry, digest } = scene;
    const pinned = forgeRon({
      oci: ociEntry(registry.host, "greeter", digest),
    });
    const byDigest = await importAndRun(scene, pinned, archive);
    assertEquals(byDigest.status, 0, byDigest.err);
  },
);

interopTest(
  "an archive of skopeo with no more than a tag is imported as the extension that it is",
  [DOCKER_REGISTRY, SKOPEO],
  async () => {
    await using scene = await exportGreeter();
    const archive = join(scene.work.root, "theirs.tar");
    await runTool(SKOPEO, [
      ...["copy", "--src-tls-verify=false", `docker://${scene.ref}`],
      `oci-archive:${archive}:v1`,
    ]);
    const as = ["--as", "greeter"];
    const named = await importAndRun(scene, scene.ron, archive, ...as);
    assertEquals(named.status, 0, named.err);
    const other = await importAndRun(scene, scene.ron, archive, "--as", "x");
    assertEquals(other.status, 2, other.err);
  },
);
