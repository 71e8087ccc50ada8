/** Entries for the tests of this room. */

import type { Digest } from "../oci/mod.ts";
import type { LockedExtension } from "./model.ts";

/** An entry that differs from that of every other name. */
export function entry(
  name: string,
  parts: Partial<LockedExtension> = {},
): LockedExtension {
  return {
    name,
    reference: `ghcr.io/acme/${name}:v1`,
    manifestDigest: digest(`${name} manifest`),
    layerDigest: digest(`${name} layer`),
    sha256: digest(`${name} module`).slice(7),
    sizeBytes: 412,
    ...parts,
  };
}

/** Some digest, the same for the same text. */
export function digest(text: string): Digest {
  let hex = "";
  for (const char of text) hex += char.codePointAt(0)!.toString(16);
  return `sha256:${hex.slice(0, 64).padEnd(64, "0")}`;
}
