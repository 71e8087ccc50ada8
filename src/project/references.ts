/**
 * Which version `forge.ron` asks for, changed in its text.
 *
 * A pinned extension keeps its tag in a comment behind the digest, so that
 * people see what it is and a later update knows what to follow:
 * `Digest("sha256:...") /* Tag("v1.0.0") *\/`.
 *
 * @module
 */

import {
  type ConfigFile,
  type ExtensionReference,
  parseConfig,
  readConfigText,
} from "../config/mod.ts";
import { ForgeError } from "../errors.ts";
import { replaceFile } from "../lock/mod.ts";
import type { Platform } from "../platform/types.ts";
import {
  applyEdits,
  encodeRon,
  parseDocument,
  setValue,
  spanOf,
  string,
  type TextEdit,
} from "../ron/mod.ts";

/** The comment that keeps a tag (distribution-spec: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`). */
const KEPT_TAG =
  /^[ \t]*\/\*\s*Tag\("([A-Za-z0-9_][A-Za-z0-9._-]{0,127})"\)\s*\*\//;

/** Another version for one extension. */
export interface ReferenceChange {
  /** Name of the extension. */
  readonly name: string;
  /** What the file asks for now; changed only where this is still so. */
  readonly from: string;
  /** What it is to ask for. */
  readonly to: ExtensionReference;
  /** The tag to keep beside a digest. */
  readonly tag?: string | undefined;
}

/**
 * The text of a configuration with other references; everything else stays as
 * it is, comments and all.
 *
 * @throws {ForgeError} `FILE_BUSY` when the text no longer asks for what a
 * change starts from.
 * @throws {ConfigError} When the text is no configuration any more.
 *
 * @example
 * ```ts
 * import { withReferences } from "@forgepoint/forge";
 *
 * const text = `Config(extensions: Extensions(oci: [OciExtension(
 *   name: "notes", registry: "ghcr.io", image: "acme/notes",
 *   reference: Tag("v1.0.0"), // the stable one
 * )]))`;
 * withReferences(text, [{
 *   name: "notes",
 *   from: "v1.0.0",
 *   to: { kind: "Tag", value: "v1.1.0" },
 * }]);
 * ```
 */
export function withReferences(
  text: string,
  changes: readonly ReferenceChange[],
): string {
  const { config } = parseConfig(text);
  const document = parseDocument(text);
  const edits = changes.flatMap((change): readonly TextEdit[] => {
    const index = config.oci.findIndex(({ name, reference }) =>
      name === change.name && reference.value === change.from
    );
    if (index < 0) throw changedMeanwhile(change);
    const path = ["extensions", "oci", index, "reference"];
    const [edit, ...others] = setValue(document, path, sourceOf(change));
    if (edit === undefined) return others;
    const kept = KEPT_TAG.exec(text.slice(edit.offset + edit.length));
    const length = edit.length + (kept?.[0].length ?? 0);
    return [{ ...edit, length }, ...others];
  });
  return applyEdits(text, edits);
}

/** The tags that a text keeps beside digests, by the name of the extension. */
export function keptTags(text: string): ReadonlyMap<string, string> {
  const { config } = parseConfig(text);
  const document = parseDocument(text);
  const tags = new Map<string, string>();
  config.oci.forEach(({ name, reference }, i) => {
    if (reference.kind !== "Digest") return;
    const span = spanOf(document, ["extensions", "oci", i, "reference"]);
    const kept = span &&
      KEPT_TAG.exec(text.slice(span.offset + span.length));
    if (kept?.[1] !== undefined) tags.set(name, kept[1]);
  });
  return tags;
}

/**
 * Changes references in a configuration file: all of them, or on any failure
 * none.
 *
 * @throws {ForgeError} `FILE_BUSY`, `CONFIG_UNREADABLE`, or what the disk says.
 */
export async function writeReferences(
  file: ConfigFile,
  changes: readonly ReferenceChange[],
  { files, clock }: Platform,
): Promise<void> {
  if (changes.length === 0) return;
  const text = await readConfigText(file, files);
  const changed = withReferences(text, changes);
  await replaceFile(file.path, new TextEncoder().encode(changed), {
    files,
    clock,
  });
}

function sourceOf({ to, tag }: ReferenceChange): string {
  const value = `${to.kind}(${encodeRon(to.value, string())})`;
  return tag === undefined
    ? value
    : `${value} /* Tag(${encodeRon(tag, string())}) */`;
}

function changedMeanwhile({ name, from }: ReferenceChange): ForgeError {
  return new ForgeError(
    "FILE_BUSY",
    `Cannot change the reference of ${name}: the configuration no longer asks for "${from}"`,
    { hint: "Somebody changed the file meanwhile: run the command again" },
  );
}
