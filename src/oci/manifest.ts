/**
 * Manifests, indexes and the descriptors in them.
 *
 * Reading is liberal where registries and old tools are sloppy (a missing
 * `mediaType`, unknown fields) and strict where it decides what runs: a digest
 * is a digest, a size is a size.
 *
 * @module
 */

import { ForgeError } from "../errors.ts";
import { type Digest, tryParseDigest } from "./digest.ts";
import {
  essence,
  isIndexMediaType,
  isManifestMediaType,
  OCI_INDEX,
  OCI_MANIFEST,
} from "./media_types.ts";

/** Bytes that a manifest may have (distribution-spec, "Pushing Manifests": at least 4 MiB must be supported). */
export const MAX_MANIFEST_BYTES: number = 4 * 1024 * 1024;

/** Layers or manifests that one document may list; real ones have a handful. */
const MAX_ENTRIES = 4096;

/** A pointer to content (image-spec, descriptor.md). */
export interface Descriptor {
  /** What the content is. */
  readonly mediaType: string;
  /** Its name by what it is. */
  readonly digest: Digest;
  /** Its size in bytes. */
  readonly size: number;
  /** What people and tools say of it. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The content itself in base64, where it is small. */
  readonly data?: string;
  /** The kind of artifact that the descriptor points to. */
  readonly artifactType?: string;
  /** The platform, in an index. */
  readonly platform?: ImagePlatform;
}

/** What an entry of an index is for (image-spec, image-index.md). */
export interface ImagePlatform {
  /** Processor, such as `wasm` or `amd64`. */
  readonly architecture: string;
  /** Operating system, such as `wasi` or `linux`. */
  readonly os: string;
  /** Variant of the processor. */
  readonly variant?: string;
}

/** An image manifest (image-spec, manifest.md). */
export interface ImageManifest {
  /** Tells it from an index. */
  readonly kind: "manifest";
  /** Media type of the manifest itself. */
  readonly mediaType: string;
  /** The kind of artifact, where it is not an image. */
  readonly artifactType?: string;
  /** What to know before the layers. */
  readonly config: Descriptor;
  /** The content, in the order of the manifest. */
  readonly layers: readonly Descriptor[];
  /** The manifest that this one is about. */
  readonly subject?: Descriptor;
  /** What people and tools say of it. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** An image index (image-spec, image-index.md). */
export interface ImageIndex {
  /** Tells it from a manifest. */
  readonly kind: "index";
  /** Media type of the index itself. */
  readonly mediaType: string;
  /** The kind of artifact. */
  readonly artifactType?: string;
  /** The manifests, in the order of the index. */
  readonly manifests: readonly Descriptor[];
  /** The manifest that this index is about. */
  readonly subject?: Descriptor;
  /** What people and tools say of it. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Reads a manifest or an index.
 *
 * @param bytes The document, as served; verify its digest first.
 * @param contentType The media type under which it was served, if known.
 * @throws {ForgeError} `MANIFEST_INVALID` when it is not JSON, not one of the
 * four known kinds, or when its `mediaType` contradicts `contentType`
 * (image-spec, manifest.md, `mediaType`).
 *
 * @example
 * ```ts
 * import { OCI_INDEX, parseManifest } from "@forgepoint/forge/oci";
 *
 * const text = `{"schemaVersion": 2, "mediaType": "${OCI_INDEX}", "manifests": []}`;
 * const index = parseManifest(new TextEncoder().encode(text));
 * index.kind; // "index"
 * ```
 */
export function parseManifest(
  bytes: Uint8Array,
  contentType?: string,
): ImageManifest | ImageIndex {
  const json = parseJsonObject(bytes);
  const mediaType = decideMediaType(json, contentType);
  if (isIndexMediaType(mediaType)) {
    return {
      kind: "index",
      mediaType,
      manifests: descriptors(json["manifests"], "manifests"),
      ...commonFields(json),
    };
  }
  return {
    kind: "manifest",
    mediaType,
    config: parseDescriptor(json["config"], "config"),
    layers: descriptors(json["layers"], "layers"),
    ...commonFields(json),
  };
}

/**
 * Reads one descriptor.
 *
 * @param value Parsed JSON.
 * @param where Its place in the document, for the message.
 * @throws {ForgeError} `MANIFEST_INVALID`.
 *
 * @example
 * ```ts
 * import { parseDescriptor } from "@forgepoint/forge/oci";
 *
 * const json = {
 *   mediaType: "application/wasm",
 *   digest: `sha256:${"0".repeat(64)}`,
 *   size: 412,
 * };
 * parseDescriptor(json, "layers[0]").size; // 412
 * ```
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (!isObject(value)) throw invalid(`${where} is not an object`);
  const { mediaType, digest, size } = value;
  const parsed = typeof digest === "string"
    ? tryParseDigest(digest)
    : undefined;
  if (parsed === undefined) {
    throw invalid(`${where}.digest is not a digest: ${show(digest)}`);
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`${where}.size is not a size in bytes: ${show(size)}`);
  }
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest: parsed,
    size,
    ...(isObject(value["annotations"])
      ? { annotations: strings(value["annotations"]) }
      : {}),
    ...optionalString(value, "data"),
    ...optionalString(value, "artifactType"),
    ...(isObject(value["platform"])
      ? { platform: parsePlatform(value["platform"]) }
      : {}),
  };
}

function parseJsonObject(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) {
    throw new ForgeError(
      "TOO_LARGE",
      `Cannot read manifest of ${bytes.byteLength} bytes, the limit is ${MAX_MANIFEST_BYTES}`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const text = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart();
    throw invalid(
      text.startsWith("<") ? "it is HTML, not JSON" : "it is not JSON",
      cause,
    );
  }
  if (!isObject(json)) throw invalid("it is not a JSON object");
  return json;
}

function decideMediaType(
  json: Record<string, unknown>,
  contentType: string | undefined,
): string {
  const served = contentType === undefined ? "" : essence(contentType);
  const inside = typeof json["mediaType"] === "string" ? json["mediaType"] : "";
  if (json["schemaVersion"] === 1) {
    throw new ForgeError(
      "ARTIFACT_UNSUPPORTED",
      "Cannot read manifest of Docker schema version 1",
      { hint: "Push the image again with a current tool" },
    );
  }
  const servedIsKnown = isIndexMediaType(served) || isManifestMediaType(served);
  if (inside !== "" && servedIsKnown && inside !== served) {
    throw invalid(
      `its mediaType "${inside}" contradicts the Content-Type "${served}"`,
    );
  }
  if (inside !== "") {
    if (isIndexMediaType(inside) || isManifestMediaType(inside)) return inside;
    throw invalid(`its mediaType "${inside}" is not that of an image`);
  }
  if (servedIsKnown) return served;
  if (Array.isArray(json["manifests"])) return OCI_INDEX;
  if (Array.isArray(json["layers"])) return OCI_MANIFEST;
  throw invalid("it has neither layers nor manifests");
}

function descriptors(value: unknown, field: string): readonly Descriptor[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(`${field} is not a list`);
  if (value.length > MAX_ENTRIES) {
    throw invalid(`${field} has ${value.length} entries`);
  }
  return value.map((item, i) => parseDescriptor(item, `${field}[${i}]`));
}

function commonFields(
  json: Record<string, unknown>,
): Pick<ImageManifest, "artifactType" | "subject" | "annotations"> {
  return {
    ...optionalString(json, "artifactType"),
    ...(isObject(json["subject"])
      ? { subject: parseDescriptor(json["subject"], "subject") }
      : {}),
    annotations: isObject(json["annotations"])
      ? strings(json["annotations"])
      : {},
  };
}

function parsePlatform(value: Record<string, unknown>): ImagePlatform {
  return {
    architecture: "",
    os: "",
    ...optionalString(value, "architecture"),
    ...optionalString(value, "os"),
    ...optionalString(value, "variant"),
  };
}

function optionalString<K extends string>(
  object: Record<string, unknown>,
  key: K,
): { [P in K]?: string } {
  const value = object[key];
  const result: { [P in K]?: string } = {};
  if (typeof value === "string" && value !== "") result[key] = value;
  return result;
}

function strings(object: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 100) ?? "nothing";
}

function invalid(why: string, cause?: unknown): ForgeError {
  return new ForgeError("MANIFEST_INVALID", `Cannot read manifest: ${why}`, {
    hint: "Check that the registry and the image are the ones you mean",
    cause,
  });
}
