/**
 * The text of a new `forge.ron`, and extensions added to one that is there.
 *
 * @module
 */

import { isSlug, parseConfig, suggestSlug } from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import { parseReference, tryParseReference } from "../oci/mod.ts";
import {
  applyEdits,
  encodeRon,
  insertValue,
  parseDocument,
  RonEditError,
  spanOf,
  string,
} from "../ron/mod.ts";

/** An extension to write into a configuration. */
export interface NewExtension {
  /** Its name. */
  readonly name: string;
  /** Host of the registry. */
  readonly registry: string;
  /** Path of the image in it. */
  readonly image: string;
  /** The version that is asked for; a digest wins over a tag. */
  readonly digest: string | undefined;
  /** The tag; kept as a comment beside a digest. */
  readonly tag: string | undefined;
}

/**
 * A configuration without extensions: what the guide begins with, each part
 * with a comment that shows how it is written.
 */
export const NEW_CONFIG =
  `// forge.ron: which WASM extensions this project uses, and where they come from.
//
//   forge pull    fetches and verifies them
//   forge run     runs them
//   forge check   says what is wrong with this file, or unwise
//   forge doctor  says what is wrong around it
//
// Relative paths start at the directory of this file. All that can stand here:
// https://github.com/forgepoint/forge/blob/main/docs/configuration.md
Config(
    extensions: Extensions(
        // Extensions from OCI registries. A tag may point to other content
        // tomorrow; forge pin replaces it by a digest, which cannot.
        oci: [
            // OciExtension(
            //     name: "notes", // a-z, 0-9, hyphens; names logs and databases
            //     registry: "ghcr.io",
            //     image: "acme/extensions/notes",
            //     reference: Tag("v1.0.0"),
            // ),
        ],

        // Extensions from the disk, for development.
        local: [
            // LocalExtension(
            //     name: "dev-extension",
            //     path: "./extensions/dev.wasm",
            // ),
        ],

        // Names of the environment variables with the credentials of private
        // registries. Never write the credentials themselves here.
        auth: {
            // "ghcr.io": RegistryAuth(
            //     username_env: Some("GHCR_USERNAME"),
            //     token_env: Some("GHCR_TOKEN"),
            // ),
        },

        settings: Settings(
            // Where fetched extensions are kept; not for version control.
            cache_dir: Some(".forge/extensions/cache"),

            // true: never touch the network, skip what is not cached.
            offline_mode: false,

            // Check the SHA-256 of cached files before they are used.
            verify_checksums: true,
        ),
    ),
)
`;

/**
 * Reads `NAME=REF` as the command line has it.
 *
 * @throws {ForgeError} `USAGE`, `REFERENCE_INVALID` or `DIGEST_INVALID`.
 */
export function parseNewExtension(text: string): NewExtension {
  const equals = text.indexOf("=");
  const name = text.slice(0, Math.max(equals, 0));
  if (equals <= 0 || equals === text.length - 1) {
    throw new ForgeError(
      "USAGE",
      `Cannot add the extension "${text}": it is not NAME=REF`,
      { hint: "Write it as in notes=ghcr.io/acme/notes:v1.0.0" },
    );
  }
  if (!isSlug(name)) {
    const better = suggestSlug(name);
    throw new ForgeError(
      "USAGE",
      `Cannot name an extension "${name}": a name is a-z, 0-9 and single hyphens`,
      { hint: better === undefined ? "Choose another" : `Write "${better}"` },
    );
  }
  const written = text.slice(equals + 1);
  const { registry, repository, tag, digest } = parseReference(written);
  // Without a version the text takes another tag.
  if (
    digest === undefined && tryParseReference(`${written}:x`)?.tag === "x"
  ) {
    throw new ForgeError(
      "USAGE",
      `Cannot add the extension "${text}": it names no version`,
      { hint: `Add one, as in ${written}:v1.0.0 (forge tags ${written})` },
    );
  }
  return { name, registry, image: repository, tag, digest };
}

/**
 * The text with more extensions; everything else stays as it is.
 *
 * @throws {ForgeError} `USAGE` when a name is taken or the text has no place
 * for them.
 * @throws {ConfigError} When the text is no configuration, before or after.
 */
export function withNewExtensions(
  text: string,
  extensions: readonly NewExtension[],
  fileName: string,
): string {
  let changed = text;
  for (const extension of extensions) {
    const { config: { oci, local } } = parseConfig(changed, { fileName });
    if ([...oci, ...local].some(({ name }) => name === extension.name)) {
      throw new ForgeError(
        "USAGE",
        `Cannot add the extension "${extension.name}": ${fileName} has one of that name`,
        { hint: "Give it another name, or change the one that is there" },
      );
    }
    changed = withOne(changed, extension, oci.length);
  }
  parseConfig(changed, { fileName });
  return changed;
}

function withOne(text: string, extension: NewExtension, at: number): string {
  const document = parseDocument(text);
  const list = ["extensions", "oci"];
  const source = sourceOf(extension);
  try {
    return applyEdits(
      text,
      spanOf(document, list) === undefined
        ? insertValue(document, list, `[\n    ${indented(source)},\n]`)
        : insertValue(document, [...list, at], source),
    );
  } catch (cause) {
    if (!(cause instanceof RonEditError)) throw cause;
    throw new ForgeError(
      "USAGE",
      `Cannot add the extension "${extension.name}": the file has no place for it`,
      { hint: "Write Config(extensions: Extensions(oci: [])) first", cause },
    );
  }
}

function indented(source: string): string {
  return source.replaceAll("\n", "\n    ");
}

function sourceOf(extension: NewExtension): string {
  const { name, registry, image, tag, digest } = extension;
  const quoted = (text: string) => encodeRon(text, string());
  const byTag = tag === undefined ? "" : `Tag(${quoted(tag)})`;
  const kept = byTag === "" ? "" : ` /* ${byTag} */`;
  const reference = digest === undefined
    ? byTag
    : `Digest(${quoted(digest)})${kept}`;
  return [
    "OciExtension(",
    `    name: ${quoted(name)},`,
    `    registry: ${quoted(registry)},`,
    `    image: ${quoted(image)},`,
    `    reference: ${reference},`,
    ")",
  ].join("\n");
}
