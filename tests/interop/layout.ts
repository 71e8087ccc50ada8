/**
 * An image on disk in the layout that other tools read (image-spec,
 * image-layout.md).
 *
 * @module
 */

import { join } from "@std/path";
import type { Artifact } from "../../src/artifact/mod.ts";

/** Writes what `buildArtifact` made as an OCI image layout with one tag. */
export async function writeLayout(
  directory: string,
  tag: string,
  artifact: Artifact,
): Promise<void> {
  const blobs = join(directory, "blobs", "sha256");
  await Deno.mkdir(blobs, { recursive: true });
  const { manifest, config, layer } = artifact;
  for (const { descriptor, bytes } of [manifest, config, layer]) {
    const [, hex = ""] = descriptor.digest.split(":");
    await Deno.writeFile(join(blobs, hex), bytes);
  }
  await writeJson(join(directory, "oci-layout"), {
    imageLayoutVersion: "1.0.0",
  });
  await writeJson(join(directory, "index.json"), {
    schemaVersion: 2,
    manifests: [{
      ...manifest.descriptor,
      annotations: { "org.opencontainers.image.ref.name": tag },
    }],
  });
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value));
}
