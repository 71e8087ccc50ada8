/**
 * Building an artifact and pushing it.
 *
 * @module
 */

import {
  type Artifact,
  type ArtifactBlob,
  buildArtifact,
} from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import { type Digest, MAX_MANIFEST_BYTES, parseTag } from "../oci/mod.ts";
import type {
  PushBlobOutcome,
  Repository,
  SignalOptions,
} from "../registry/mod.ts";
import { inspect } from "../wasm/mod.ts";
import { metadataAnnotations } from "./metadata.ts";
import type {
  PublishedModule,
  PublishedTag,
  PublishModuleOptions,
} from "./publish_module.ts";

/** Key of the version (image-spec, annotations.md). */
const VERSION_ANNOTATION = "org.opencontainers.image.version";

/** Builds the artifact, pushes it, then moves the tags. */
export async function pushModule(
  repository: Repository,
  wasm: Uint8Array<ArrayBuffer>,
  options: PublishModuleOptions,
): Promise<PublishedModule> {
  const { signal } = options;
  const tags = [...new Set(options.tags.map(parseTag))];
  const annotations = annotationsOf(wasm, options);
  const artifact = await build(wasm, options, annotations);
  const outcome = await push(repository, artifact.layer, options);
  await push(repository, artifact.config, options);
  const { bytes, descriptor } = artifact.manifest;
  await repository.pushManifest(descriptor.digest, bytes, { signal });
  const published: PublishedTag[] = [];
  for (const tag of tags) {
    const previous = await digestOf(repository, tag, { signal });
    if (previous !== descriptor.digest) {
      await repository.pushManifest(tag, bytes, { signal });
    }
    published.push({ tag, previous });
  }
  options.onEvent?.({ type: "manifest", descriptor });
  return {
    manifest: descriptor,
    config: artifact.config.descriptor,
    layer: artifact.layer.descriptor,
    outcome,
    annotations,
    tags: published,
  };
}

function annotationsOf(
  wasm: Uint8Array<ArrayBuffer>,
  { version, annotations }: PublishModuleOptions,
): Readonly<Record<string, string>> {
  return {
    ...metadataAnnotations(wasm, inspect(wasm)),
    ...(version === undefined ? {} : { [VERSION_ANNOTATION]: version }),
    ...annotations,
  };
}

async function build(
  wasm: Uint8Array<ArrayBuffer>,
  { title, created, author }: PublishModuleOptions,
  annotations: Readonly<Record<string, string>>,
): Promise<Artifact> {
  const artifact = await buildArtifact(wasm, {
    title,
    annotations,
    ...(created === undefined ? {} : { created }),
    ...(author === undefined ? {} : { author }),
  });
  const { size } = artifact.manifest.descriptor;
  if (size <= MAX_MANIFEST_BYTES) return artifact;
  throw new ForgeError(
    "TOO_LARGE",
    `Cannot publish "${title}": its manifest would have ${size} bytes, registries take ${MAX_MANIFEST_BYTES}`,
    { hint: "Shorten the annotations" },
  );
}

async function push(
  repository: Repository,
  { descriptor, bytes }: ArtifactBlob,
  { signal, onEvent }: PublishModuleOptions,
): Promise<PushBlobOutcome> {
  const { digest, size: totalBytes } = descriptor;
  const outcome = await repository.pushBlob(descriptor, bytes, {
    signal,
    onProgress: (sentBytes) =>
      onEvent?.({ type: "progress", digest, sentBytes, totalBytes }),
  });
  onEvent?.({ type: "blob", descriptor, outcome });
  return outcome;
}

async function digestOf(
  repository: Repository,
  tag: string,
  options: SignalOptions,
): Promise<Digest | undefined> {
  try {
    return (await repository.resolve(tag, options)).digest;
  } catch (error) {
    const isNew = error instanceof ForgeError &&
      error.code === "REGISTRY_NOT_FOUND";
    if (isNew) return undefined;
    throw error;
  }
}
