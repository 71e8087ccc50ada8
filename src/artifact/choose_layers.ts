/**
 * Which layers of an image may hold the module, and in which order.
 *
 * Tools have typed WASM layers in a dozen ways, or not at all. Media types and titles decide what is downloaded; only the bytes
 * decide what it is.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { type Descriptor, essence, type ImageManifest } from "../oci/mod.ts";
import { rankFileName } from "./file_rank.ts";

/** A layer that may hold the module. */
export interface LayerCandidate {
  /** What to download. */
  readonly descriptor: Descriptor;
  /** Its place in the manifest, counted from 0. */
  readonly index: number;
  /** Why it is a candidate: its media type names WASM, or it may be anything. */
  readonly reason: "media-type" | "content";
  /** The file name that it was pushed under, where one is given. */
  readonly title?: string;
}

/** Key of the file name (image-spec, annotations.md). */
export const TITLE_ANNOTATION = "org.opencontainers.image.title";

/** Bytes without which nothing is WASM: magic number and version. */
const MIN_MODULE_BYTES = 8;

/** Layers that a message lists; the rest are counted. */
const MAX_LISTED = 10;

/** Types of content that is about a module and never one. */
const NOT_A_MODULE =
  /\bconfig\b|\bjson$|\+data$|^text\/|\bbundle\b|in-toto|sigstore|cosign|spdx|cyclonedx|\bforeign\b|\bnondistributable\b/;

/**
 * Chooses the layers to look into, best first.
 *
 * A layer whose media type names WASM is the only candidate. Otherwise layers
 * that were pushed under the name of a `.wasm` file come before the rest, and
 * the rest goes from the last to the first, as later layers of an image hide
 * earlier ones. Configurations, empty layers and attestations are left out.
 *
 * @param manifest The image.
 * @returns At least one candidate; the caller downloads one at a time.
 * @throws {ForgeError} `ARTIFACT_AMBIGUOUS` when several layers claim to be the
 * module; `ARTIFACT_NO_MODULE` when none may be.
 *
 * @example
 * ```ts ignore
 * for (const { descriptor } of chooseLayers(manifest)) {
 *   // download, sniff, extract
 * }
 * ```
 */
export function chooseLayers(
  manifest: ImageManifest,
): readonly LayerCandidate[] {
  const candidates = candidatesOf(manifest);
  const typed = candidates.filter(({ reason }) => reason === "media-type");
  if (typed.length > 0) return [onlyModule(typed)];
  const titled = candidates.filter(({ title }) => rankFileName(title) > 0);
  if (titled.length > 0) return [onlyModule(titled)];
  if (candidates.length === 0) throw noModuleFound(manifest);
  return candidates.reverse();
}

/**
 * The error for an image in which every candidate was looked into in vain.
 *
 * @param manifest The image.
 * @param files Files that were seen inside of its layers.
 */
export function noModuleFound(
  manifest: ImageManifest,
  files: readonly string[] = [],
): ForgeError {
  const layers = manifest.layers.map(describe);
  const seen = files.length === 0 ? "" : `; files: ${list(files)}`;
  const what = layers.length === 0
    ? "it has no layers"
    : `its layers are ${list(layers)}${seen}`;
  return new ForgeError(
    "ARTIFACT_NO_MODULE",
    `Cannot find a WASM module in the image: ${what}`,
    {
      hint:
        'Publish the module with `forge publish`, or as "/extension.wasm" in an image made FROM scratch',
    },
  );
}

function candidatesOf(manifest: ImageManifest): LayerCandidate[] {
  const seen = new Set<string>();
  const candidates: LayerCandidate[] = [];
  for (const [index, descriptor] of manifest.layers.entries()) {
    const type = essence(descriptor.mediaType);
    const title = descriptor.annotations?.[TITLE_ANNOTATION];
    const isAbout = NOT_A_MODULE.test(type) && rankFileName(title) === 0;
    if (descriptor.size < MIN_MODULE_BYTES || isAbout) continue;
    if (seen.has(descriptor.digest)) continue;
    seen.add(descriptor.digest);
    candidates.push({
      descriptor,
      index,
      reason: type.includes("wasm") ? "media-type" : "content",
      ...(title === undefined ? {} : { title }),
    });
  }
  return candidates;
}

/** The only one, or else the one with the best name, if no other has as good a name. */
function onlyModule(candidates: readonly LayerCandidate[]): LayerCandidate {
  const [first, ...others] = candidates.toSorted((a, b) =>
    rankFileName(b.title) - rankFileName(a.title)
  );
  const [second] = others;
  if (first === undefined) throw new TypeError("No candidates");
  if (second === undefined) return first;
  if (rankFileName(first.title) > Math.max(1, rankFileName(second.title))) {
    return first;
  }
  throw new ForgeError(
    "ARTIFACT_AMBIGUOUS",
    `Cannot choose among ${candidates.length} modules of the image: ${
      list(candidates.map(({ descriptor }) => describe(descriptor)))
    }`,
    {
      hint:
        'Publish one module per image, or name the one that is meant "extension.wasm"; applications of several modules, such as those of Spin, are not extensions',
    },
  );
}

function describe({ mediaType, size, annotations }: Descriptor): string {
  const title = annotations?.[TITLE_ANNOTATION];
  const name = title === undefined ? "" : `"${title}" of type `;
  return `${name}${mediaType || "no type"} (${size} bytes)`;
}

function list(items: readonly string[]): string {
  const more = items.length - MAX_LISTED;
  return items.slice(0, MAX_LISTED).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
}
