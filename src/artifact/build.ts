/**
 * The image that publishing makes of a module: a CNCF Wasm OCI artifact.
 *
 * @module
 */

import {
  type Descriptor,
  digestBytes,
  OCI_MANIFEST,
  WASM_CONFIG,
  WASM_LAYER,
} from "../oci/mod.ts";
import { inspect, type WasmInfo } from "../wasm/mod.ts";
import { TITLE_ANNOTATION } from "./choose_layers.ts";

/** Key of the time of making (image-spec, annotations.md). */
const CREATED_ANNOTATION = "org.opencontainers.image.created";

/** The time that an artifact claims when it is given none, so that equal modules make equal images. */
const EPOCH = "1970-01-01T00:00:00Z";

/** How {@linkcode buildArtifact} may be told to work. */
export interface BuildArtifactOptions {
  /** File name of the module, `notes.wasm`; without it other tools pull nothing. */
  readonly title: string;
  /** Annotations of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** When the module was made; the epoch if not given, so that the same module makes the same image. */
  readonly created?: Date;
  /** Who made it. */
  readonly author?: string;
}

/** Content and what points to it. */
export interface ArtifactBlob {
  /** What a manifest says of it. */
  readonly descriptor: Descriptor;
  /** The content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An image, ready to be pushed: first the blobs, then the manifest. */
export interface Artifact {
  /** The manifest; its digest is that of the image. */
  readonly manifest: ArtifactBlob;
  /** The config. */
  readonly config: ArtifactBlob;
  /** The module. */
  readonly layer: ArtifactBlob;
}

/**
 * Makes the image of a module.
 *
 * The same arguments make the same bytes, on every machine.
 *
 * @param wasm The module or component.
 * @param options Its file name, and what else to say of it.
 * @throws {ForgeError} `WASM_INVALID` when it is no module.
 * @see {@link https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/}
 *
 * @example
 * ```ts ignore
 * const artifact = await buildArtifact(bytes, { title: "notes.wasm" });
 * artifact.manifest.descriptor.digest;
 * ```
 */
export async function buildArtifact(
  wasm: Uint8Array<ArrayBuffer>,
  options: BuildArtifactOptions,
): Promise<Artifact> {
  const info = inspect(wasm);
  const created = options.created === undefined
    ? undefined
    : options.created.toISOString().replace(".000Z", "Z");
  const layer = await blob(WASM_LAYER, wasm, {
    [TITLE_ANNOTATION]: options.title,
  });
  const config = await blob(
    WASM_CONFIG,
    toJson({
      created: created ?? EPOCH,
      ...(options.author === undefined ? {} : { author: options.author }),
      architecture: "wasm",
      os: info.kind === "component" ? "wasip2" : "wasip1",
      layerDigests: [layer.descriptor.digest],
      ...(info.kind === "component" ? { component: componentOf(info) } : {}),
    }),
  );
  const annotations = sorted({
    ...(created === undefined ? {} : { [CREATED_ANNOTATION]: created }),
    ...options.annotations,
  });
  const manifest = await blob(
    OCI_MANIFEST,
    toJson({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: config.descriptor,
      layers: [layer.descriptor],
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    }),
  );
  return { manifest, config, layer };
}

/** What the config must say of a component: the interfaces of its world. */
function componentOf(info: WasmInfo): unknown {
  const names = (items: WasmInfo["exports"] | WasmInfo["imports"]) =>
    items.map(({ name }) => name);
  const [target] = info.worlds;
  return {
    exports: names(info.exports),
    imports: names(info.imports),
    ...(target === undefined ? {} : { target }),
  };
}

async function blob(
  mediaType: string,
  bytes: Uint8Array<ArrayBuffer>,
  annotations?: Readonly<Record<string, string>>,
): Promise<ArtifactBlob> {
  const digest = await digestBytes(bytes);
  const size = bytes.byteLength;
  return {
    bytes,
    descriptor: {
      mediaType,
      digest,
      size,
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

function toJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function sorted(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).sort(([a], [b]) => a < b ? -1 : 1),
  );
}
