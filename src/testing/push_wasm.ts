/**
 * One module in any of the shapes in which people publish WASM.
 *
 * @module
 */

import { type Descriptor, type Digest, digestHex } from "../oci/mod.ts";
import { ForgeError } from "../errors.ts";
import {
  type ImageStore,
  putImage,
  putIndex,
  type StoredImage,
} from "./image.ts";
import { digestOf } from "./store.ts";
import type { ShapedWasm } from "./shaped_wasm.ts";
import { SHAPES, type WasmShape } from "./wasm_shapes.ts";

/** Options of {@linkcode pushWasm}. */
export interface PushWasmOptions {
  /** How it is wrapped; `"cncf"` when absent. */
  readonly shape?: WasmShape;
  /** Name of the file, without a leading slash; `extension.wasm` when absent. */
  readonly fileName?: string;
  /** Files that lie beside it, by path, where the shape is one of a tar. */
  readonly otherFiles?: Readonly<Record<string, Uint8Array>>;
}

/** A module that is in the registry, under its different names. */
export interface PushedWasm {
  /** What the tag points at: the index where there is one, else the manifest. */
  readonly digest: Digest;
  /** The manifest that has the module. */
  readonly manifestDigest: Digest;
  /** The layer that has the module, as it is stored: packed, compressed. */
  readonly layerDigest: Digest;
  /** SHA-256 of the module itself, 64 hex digits. */
  readonly wasmSha256: string;
}

/**
 * Puts a module into a registry in one of the known shapes, without a request.
 *
 * @param store The registry.
 * @param repository The repository.
 * @param tag The tag.
 * @param bytes The module; not looked at, except to tell a component.
 * @param options The shape.
 * @throws {ForgeError} `ARTIFACT_UNSUPPORTED` for a zstd shape where the
 * runtime has no zstd.
 *
 * @example
 * ```ts
 * import { pushWasm, startRegistry } from "@forgepoint/forge/testing";
 *
 * await using registry = await startRegistry();
 * const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
 * const pushed = await pushWasm(registry, "acme/notes", "v1", bytes, {
 *   shape: "crane-append",
 * });
 * registry.manifest("acme/notes", "v1")?.digest === pushed.digest; // true
 * ```
 */
export async function pushWasm(
  store: ImageStore,
  repository: string,
  tag: string,
  bytes: Uint8Array,
  options: PushWasmOptions = {},
): Promise<PushedWasm> {
  const { shape = "cncf", fileName = "extension.wasm" } = options;
  const otherFiles = Object.entries(options.otherFiles ?? {})
    .map(([path, bytes]) => ({ path, bytes }));
  const shaped = await SHAPES[shape]({ bytes, fileName, otherFiles });
  const isIndexed = shaped.index !== undefined;
  const stored = putImage(
    store,
    { repository, ...(isIndexed ? {} : { tag }) },
    shaped.image,
  );
  const index = putIndexAround(store, { repository, tag }, shaped, stored);
  const layer = stored.layers[shaped.layer];
  if (layer === undefined) {
    throw new ForgeError(
      "ARTIFACT_NO_MODULE",
      `Cannot find layer ${shaped.layer} of shape "${shape}"`,
    );
  }
  return {
    digest: (index ?? stored.manifest).digest,
    manifestDigest: stored.manifest.digest,
    layerDigest: layer.digest,
    wasmSha256: digestHex(digestOf(bytes)),
  };
}

function putIndexAround(
  store: ImageStore,
  place: { readonly repository: string; readonly tag: string },
  shaped: ShapedWasm,
  stored: StoredImage,
): Descriptor | undefined {
  if (shaped.index === undefined) return undefined;
  const { platform, beside } = shaped.index;
  const { repository } = place;
  const other = beside === "attestation"
    ? putAttestation(store, repository, stored.manifest)
    : putOtherPlatform(store, repository);
  const own = { ...stored.manifest, platform };
  // What is meant is not the first: a client has to choose.
  const manifests = beside === "attestation" ? [own, other] : [other, own];
  return putIndex(store, place, { manifests });
}

/** What buildx adds to an index unless told otherwise. */
function putAttestation(
  store: ImageStore,
  repository: string,
  about: Descriptor,
): Descriptor {
  const { manifest } = putImage(store, { repository }, {
    layers: [{
      mediaType: "application/vnd.in-toto+json",
      content: { predicateType: "https://slsa.dev/provenance/v0.2" },
    }],
  });
  return {
    ...manifest,
    platform: { architecture: "unknown", os: "unknown" },
    annotations: {
      "vnd.docker.reference.type": "attestation-manifest",
      "vnd.docker.reference.digest": about.digest,
    },
  };
}

function putOtherPlatform(store: ImageStore, repository: string): Descriptor {
  const { manifest } = putImage(store, { repository }, {
    layers: [{
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      content: new Uint8Array(1024),
    }],
  });
  return { ...manifest, platform: { architecture: "amd64", os: "linux" } };
}
