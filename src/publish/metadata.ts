/**
 * What a module says of itself, in the words of the OCI image specification.
 *
 * @module
 */

import type { WasmInfo } from "../wasm/info.ts";
import { inspect } from "../wasm/inspect.ts";

/** Custom sections that tools write for this (WebAssembly tool-conventions, wasm-metadata), and their annotations (image-spec, annotations.md). */
const ANNOTATION_OF: Readonly<Record<string, string>> = {
  authors: "org.opencontainers.image.authors",
  description: "org.opencontainers.image.description",
  homepage: "org.opencontainers.image.url",
  licenses: "org.opencontainers.image.licenses",
  revision: "org.opencontainers.image.revision",
  source: "org.opencontainers.image.source",
  version: "org.opencontainers.image.version",
};

/** A section longer than this is no line of metadata, whatever its name. */
const MAX_SECTION_BYTES = 4096;

/**
 * Reads the annotations that a module brings along: version, authors,
 * description, licenses, source, homepage and revision, each a custom section
 * of that name. What is not readable text is left out.
 *
 * @param wasm A module or component.
 * @param info What is known of it already.
 * @returns Annotations by their full names.
 * @throws {ForgeError} `WASM_INVALID` when it is no module.
 *
 * @example
 * ```ts
 * import { metadataAnnotations } from "@forgepoint/forge";
 *
 * metadataAnnotations(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])); // {}
 * ```
 */
export function metadataAnnotations(
  wasm: Uint8Array<ArrayBuffer>,
  info: WasmInfo = inspect(wasm),
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, offset, size } of info.customSections) {
    const annotation = Object.hasOwn(ANNOTATION_OF, name)
      ? ANNOTATION_OF[name]
      : undefined;
    if (annotation === undefined || size > MAX_SECTION_BYTES) continue;
    const text = readText(wasm.subarray(offset, offset + size));
    if (text !== undefined) found[annotation] = text;
  }
  return found;
}

/** Text without control characters; `undefined` for anything else. */
function readText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
    return text === "" || /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    // Not text, so not meant for people.
    return undefined;
  }
}
