/**
 * Publishing a module.
 *
 * @module
 */

import type { Descriptor, Digest } from "../oci/mod.ts";
import type {
  PushBlobOutcome,
  Repository,
  SignalOptions,
} from "../registry/mod.ts";

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
  const { pushModule } = await import("./push_module.ts");
  return await pushModule(repository, wasm, options);
}
