/**
 * What to write into `forge.ron` for an image.
 *
 * @module
 */

import type { ImageOperand } from "./registry_session.ts";

/** The entry of `oci` that pins an image; its tag is kept for `forge update`. */
export function extensionSnippet(
  { registry, repository }: ImageOperand,
  version: { readonly digest: string; readonly tag?: string | undefined },
): string {
  const note = version.tag === undefined
    ? ""
    : ` /* Tag(${JSON.stringify(version.tag)}) */`;
  return [
    "OciExtension(\n",
    `    name: ${JSON.stringify(extensionName(repository))},\n`,
    `    registry: ${JSON.stringify(registry)},\n`,
    `    image: ${JSON.stringify(repository)},\n`,
    `    reference: Digest(${JSON.stringify(version.digest)})${note},\n`,
    "),\n",
  ].join("");
}

/** A name that extensions may have, from the last part of a repository. */
function extensionName(repository: string): string {
  const last = repository.slice(repository.lastIndexOf("/") + 1);
  const slug = last.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return slug.replace(/^-+|-+$/g, "") || "extension";
}
