/**
 * Putting images into a real registry with the client of this module.
 *
 * @module
 */

import type { Artifact } from "../../src/artifact/mod.ts";
import type { Descriptor, ImageManifest } from "../../src/oci/mod.ts";
import { platform } from "../../src/platform/deno.ts";
import {
  createRegistryClient,
  type RegistryClient,
  type Repository,
} from "../../src/registry/mod.ts";

/** A client that has no credentials. */
export function plainClient(): RegistryClient {
  const { fetch, clock } = platform;
  return createRegistryClient({ fetch, clock });
}

/** Pushes what `buildArtifact` made. */
export async function pushArtifact(
  repository: Repository,
  tag: string,
  artifact: Artifact,
): Promise<Descriptor> {
  for (const { descriptor, bytes } of [artifact.config, artifact.layer]) {
    await repository.pushBlob(descriptor, bytes);
  }
  return await repository.pushManifest(tag, artifact.manifest.bytes);
}

/** Copies an image with all that it consists of, byte for byte. */
export async function copyImage(
  from: Repository,
  to: Repository,
  reference: string,
): Promise<Descriptor> {
  const { manifest, bytes } = await from.fetchManifest(reference);
  if (manifest.kind === "index") {
    for (const { digest } of manifest.manifests) {
      await copyImage(from, to, digest);
    }
  } else {
    await copyBlobs(from, to, manifest);
  }
  return await to.pushManifest(reference, bytes);
}

async function copyBlobs(
  from: Repository,
  to: Repository,
  manifest: ImageManifest,
): Promise<void> {
  for (const descriptor of [manifest.config, ...manifest.layers]) {
    const { chunks } = await from.fetchBlob(descriptor);
    await to.pushBlob(descriptor, await gather(chunks));
  }
}

async function gather(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  return await new Response(ReadableStream.from(chunks)).bytes();
}
