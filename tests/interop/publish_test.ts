/** What forge publishes and copies, read by other people's tools. */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { fixture, openWorkspace } from "../cli/workspace.ts";
import { startDockerRegistry } from "./docker_registry.ts";
import { runTool } from "./processes.ts";
import { CRANE, DOCKER_REGISTRY, interopTest, ORAS, SKOPEO } from "./tools.ts";

/** Publishes the greeter and copies it, on a real registry. */
async function publishGreeter() {
  const registry = await startDockerRegistry();
  const work = await openWorkspace();
  const wasm = await fixture("greeter");
  await work.write("greeter.wasm", wasm);
  const published = await work.forge(
    ...["publish", "greeter.wasm", `${registry.host}/acme/greeter:v1`],
    ...["--version", "1.0.0"],
  );
  assertEquals(published.status, 0, published.err);
  const copied = await work.forge(
    ...["copy", `${registry.host}/acme/greeter:v1`],
    `${registry.host}/mirror/greeter`,
  );
  assertEquals(copied.out, published.out);
  return {
    ...{ work, wasm, digest: published.out.trim() },
    image: `${registry.host}/mirror/greeter:v1`,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

interopTest(
  "oras pulls the file under its name",
  [DOCKER_REGISTRY, ORAS],
  async () => {
    await using scene = await publishGreeter();
    const directory = join(scene.work.root, "oras");
    await runTool(ORAS, [
      ...["pull", "--plain-http", scene.image, "--output", directory],
    ]);
    assertEquals(
      await Deno.readFile(join(directory, "greeter.wasm")),
      scene.wasm,
    );
  },
);

interopTest(
  "crane agrees on the digest, and finds the image well formed",
  [DOCKER_REGISTRY, CRANE],
  async () => {
    await using scene = await publishGreeter();
    const printed = await runTool(CRANE, ["digest", "--insecure", scene.image]);
    assertEquals(printed.trim(), scene.digest);
    const manifest = JSON.parse(
      await runTool(CRANE, ["manifest", "--insecure", scene.image]),
    );
    const blob = await runTool(CRANE, [
      ...["blob", "--insecure"],
      scene.image.replace(/:v1$/, `@${manifest.config.digest}`),
    ]);
    assertEquals(JSON.parse(blob).layerDigests, [manifest.layers[0].digest]);
  },
);

interopTest(
  "skopeo copies it, with every digest as it was",
  [DOCKER_REGISTRY, SKOPEO],
  async () => {
    await using scene = await publishGreeter();
    const layout = join(scene.work.root, "layout");
    await runTool(SKOPEO, [
      ...["copy", "--src-tls-verify=false", `docker://${scene.image}`],
      `oci:${layout}:v1`,
    ]);
    const index = JSON.parse(
      await Deno.readTextFile(join(layout, "index.json")),
    );
    assertEquals(index.manifests[0].digest, scene.digest);
    const names = [...Deno.readDirSync(join(layout, "blobs", "sha256"))];
    assert(names.length === 3);
  },
);
