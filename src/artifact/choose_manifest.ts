/**
 * Which manifest of an index holds the module.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import {
  type Descriptor,
  type ImageIndex,
  isIndexMediaType,
  isManifestMediaType,
} from "../oci/mod.ts";

/** Indexes that a caller follows before it gives up; real ones are 1 deep, 2 at most. */
export const MAX_INDEX_DEPTH = 3;

/** Candidates that a message lists; the rest are counted. */
const MAX_LISTED = 10;

/** Set by buildx on manifests that are about another one (BuildKit, attestation-storage.md). */
const REFERENCE_TYPE = "vnd.docker.reference.type";

/** What {@linkcode chooseManifest} may be told. */
export interface ChooseManifestOptions {
  /**
   * The platform to fall back on when no manifest is made for WASM, in the
   * words of OCI: `{ os: "linux", architecture: "amd64" }`. The module is the
   * same in each, but only one can be pulled.
   */
  readonly platform?: {
    /** Operating system. */
    readonly os: string;
    /** Processor. */
    readonly architecture: string;
  };
}

/**
 * Chooses the manifest of an index that holds the module.
 *
 * Attestations and unknown platforms are dropped. What is made for WASM wins
 * (`wasi/wasm`, then any `wasm`, then `wasip1` or `wasip2`), then the only one
 * that is left, then the user's platform.
 *
 * @param index The index.
 * @param options The platform to fall back on.
 * @returns A descriptor, which may be that of another index.
 * @throws {ForgeError} `ARTIFACT_NO_MODULE` when nothing is left;
 * `ARTIFACT_AMBIGUOUS`, listing the candidates, when several are.
 *
 * @example
 * ```ts ignore
 * const descriptor = chooseManifest(index);
 * ```
 */
export function chooseManifest(
  index: ImageIndex,
  options: ChooseManifestOptions = {},
): Descriptor {
  const candidates = withoutDoubles(index.manifests.filter(isCandidate));
  const best = Math.min(...candidates.map(wasmRank));
  const forWasm = candidates.filter((item) => wasmRank(item) === best);
  const chosen = onlyOne(best < NOT_WASM ? forWasm : candidates) ??
    (best < NOT_WASM ? undefined : forPlatform(candidates, options.platform));
  if (chosen !== undefined) return chosen;
  if (candidates.length === 0) throw nothingLeft(index);
  throw ambiguous(best < NOT_WASM ? forWasm : candidates);
}

function isCandidate(descriptor: Descriptor): boolean {
  const { mediaType, annotations, platform, artifactType = "" } = descriptor;
  if (annotations?.[REFERENCE_TYPE] !== undefined) return false;
  if (platform?.os === "unknown" || platform?.architecture === "unknown") {
    return false;
  }
  if (/sigstore|cosign|in-toto|spdx|cyclonedx/.test(artifactType)) return false;
  return mediaType === "" || isManifestMediaType(mediaType) ||
    isIndexMediaType(mediaType);
}

/** The rank of what says nothing of WASM. */
const NOT_WASM = 5;

/** How plainly a descriptor says that it is for WASM: 0 is plainest. */
function wasmRank({ platform, artifactType }: Descriptor): number {
  const os = platform?.os ?? "";
  const isWasm = /^wasm(?:32|64)?$/.test(platform?.architecture ?? "");
  if (isWasm && os === "wasi") return 0;
  if (isWasm && os === "wasip1") return 1;
  if (isWasm) return 2;
  if (os === "wasip1" || os === "wasip2" || os === "wasi") return 3;
  return artifactType?.includes("wasm") === true ? 4 : NOT_WASM;
}

function withoutDoubles(descriptors: readonly Descriptor[]): Descriptor[] {
  return [...new Map(descriptors.map((item) => [item.digest, item])).values()];
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** The user's platform, or Linux on the same processor, as container engines do elsewhere. */
function forPlatform(
  candidates: readonly Descriptor[],
  wanted: ChooseManifestOptions["platform"],
): Descriptor | undefined {
  if (wanted === undefined) return undefined;
  const match = (os: string) =>
    candidates.find(({ platform }) =>
      platform?.os === os && platform.architecture === wanted.architecture
    );
  return match(wanted.os) ?? match("linux");
}

function nothingLeft(index: ImageIndex): ForgeError {
  const count = index.manifests.length;
  return new ForgeError(
    "ARTIFACT_NO_MODULE",
    count === 0
      ? "Cannot choose an image: the index is empty"
      : `Cannot choose an image: the index lists ${count} that are attestations or of unknown platform`,
    { hint: "Check that the push of the image was complete" },
  );
}

function ambiguous(candidates: readonly Descriptor[]): ForgeError {
  const listed = candidates.slice(0, MAX_LISTED).map(({ platform, digest }) =>
    platform === undefined
      ? digest
      : `${platform.os}/${platform.architecture} ${digest}`
  );
  const more = candidates.length - listed.length;
  return new ForgeError(
    "ARTIFACT_AMBIGUOUS",
    `Cannot choose among ${candidates.length} images of the index: ${
      listed.join(", ")
    }${more > 0 ? ` and ${more} more` : ""}`,
    { hint: "Reference the one that is meant by its digest" },
  );
}
