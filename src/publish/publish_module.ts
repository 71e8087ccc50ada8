/**
 * Publishing a module.
 *
 * @module
 */

import {
  type Artifact,
  type ArtifactBlob,
  buildArtifact,
} from "../artifact/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type Digest,
  MAX_MANIFEST_BYTES,
  parseTag,
} from "../oci/mod.ts";
import type {
  PushBlobOutcome,
  Repository,
  SignalOptions,
} from "../registry/mod.ts";
import { inspect } from "../wasm/mod.ts";
import { metadataAnnotations } from "./metadata.ts";

/** Key of the version (image-spec, annotations.md). */
const VERSION_ANNOTATION = "org.opencontainers.image.version";

/** What happens while content is on its way to a registry. */
export type TransferEvent =
  /** So much of a blob has arrived. */
  | {
    readonly type: "progress";
    readonly digest: Digest;
    readonly sentBytes: number;
    readonly totalBytes: number;
  }
  /** A blob is there now, or was before. */
  | {
    readonly type: "blob";
    readonly descriptor: Descriptor;
    readonly outcome: PushBlobOutcome;
  }
  /** A manifest is there now. */
  | { readonly type: "manifest"; readonly descriptor: Descriptor };

/** Options of {@linkcode publishModule}. */
export interface PublishModuleOptions extends SignalOptions {
  /** File name of the module, `notes.wasm`: other tools write it under that name. */
  readonly title: string;
  /** Tags to give it; without any it can be pulled by digest only. */
  readonly tags: readonly string[];
  /** Its version, for `org.opencontainers.image.version`. */
  readonly version?: string | undefined;
  /** More annotations; they win over what the module says of itself. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** When it was made. Without it the same module makes the same image. */
  readonly created?: Date | undefined;
  /** Who made it. */
  readonly author?: string | undefined;
  /** Hears of every step. */
  readonly onEvent?: ((event: TransferEvent) => void) | undefined;
}

/** A tag that has been given. */
export interface PublishedTag {
  /** The tag. */
  readonly tag: string;
  /** What it stood for before, if it existed. */
  readonly previous?: Digest | undefined;
}

/** What was published. */
export interface PublishedModule {
  /** The manifest: its digest is what to pin. */
  readonly manifest: Descriptor;
  /** The config. */
  readonly config: Descriptor;
  /** The module itself; the digest is the SHA-256 of the file. */
  readonly layer: Descriptor;
  /** Whether the module had to be uploaded. */
  readonly outcome: PushBlobOutcome;
  /** The annotations that it carries. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Its tags. */
  readonly tags: readonly PublishedTag[];
}

/**
 * Publishes a module as a CNCF Wasm OCI artifact.
 *
 * Everything is checked before the first request. Blobs that the registry has
 * are not sent again, so that a publication that broke off can be repeated; the
 * tags are moved last.
 *
 * @param repository Where to.
 * @param wasm The module or component.
 * @param options Name, tags, annotations.
 * @throws {ForgeError} `WASM_INVALID` when it is no module, `REFERENCE_INVALID`
 * for a tag, `TOO_LARGE` for annotations without measure.
 * @throws {RegistryError} When the registry refuses.
 * @see {@link https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/}
 *
 * @example
 * ```ts
 * import {
 *   createProjectClient,
 *   openProject,
 *   platform,
 *   publishModule,
 * } from "@forgepoint/forge";
 *
 * const project = await openProject({ platform });
 * const client = await createProjectClient(project.config, {
 *   platform,
 *   root: project.location.root,
 *   registries: ["ghcr.io"],
 *   offline: false,
 * });
 * const { manifest } = await publishModule(
 *   client.repository("ghcr.io", "acme/extensions/notes"),
 *   await Deno.readFile("notes.wasm"),
 *   { title: "notes.wasm", tags: ["v1.0.0"] },
 * );
 * ```
 */
export async function publishModule(
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
