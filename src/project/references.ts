/**
 * Which version `forge.ron` asks for, changed in its text.
 *
 * A pinned extension keeps its tag in a comment behind the digest, so that
 * people see what it is and a later update knows what to follow:
 * `Digest("sha256:...") /* Tag("v1.0.0") *\/`. `// Tag("v1.0.0")` at the end of
 * the line does as well.
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
import { changeText, writingFile } from "../lock/mod.ts";
import type { Platform } from "../platform/types.ts";
import {
  applyEdits,
  encodeRon,
  parseDocument,
  type RonDocument,
  type RonPath,
  setValue,
  spanOf,
  string,
  type TextEdit,
} from "../ron/mod.ts";

/** The name of a variant. */
const VARIANT = /^(?:r#)?(?:Tag|Digest)\b/;
/** distribution-spec, "Pulling manifests". */
const TAG = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
/**
 * What keeps a tag: a comment on the same line, before the comma or, as
 * formatters put it, behind it.
 */
const KEPT_TAGS = [
  new RegExp(String.raw`^([ \t]*,)?([ \t]*/\*\s*Tag\(")(${TAG})"\)\s*\*/`),
  new RegExp(
    String.raw`^([ \t]*,)?([ \t]*//[ \t]*Tag\(")(${TAG})"\)[ \t]*(?=\r?\n|$)`,
  ),
];

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
    return [
      ...valueEdits(document, path, change.to),
      ...commentEdits(document, path, change.tag),
    ];
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
    const end = endOf(document, ["extensions", "oci", i, "reference"]);
    const kept = end === undefined ? undefined : keptTagAt(text, end);
    if (kept !== undefined) tags.set(name, kept.tag);
  });
  return tags;
}

/**
 * Changes references in a configuration file: all of them, or on any failure
 * none.
 *
 * @throws {ForgeError} `FILE_BUSY`, `CONFIG_UNREADABLE` or `FILE_UNWRITABLE`.
 */
export async function writeReferences(
  file: ConfigFile,
  changes: readonly ReferenceChange[],
  { files, clock }: Platform,
): Promise<void> {
  if (changes.length === 0) return;
  const change = (text = "") => withReferences(text, changes);
  const read = () => readConfigText(file, files);
  await writingFile(
    file.path,
    () => changeText(file.path, change, { files, clock, read }),
  );
}

/** The name and the text inside of `Tag("...")` become others; what is around them stays. */
function valueEdits(
  document: RonDocument,
  path: RonPath,
  { kind, value }: ExtensionReference,
): readonly TextEdit[] {
  const whole = spanOf(document, path);
  const inner = spanOf(document, [...path, 0]);
  const written = encodeRon(value, string());
  const name = whole && VARIANT.exec(document.text.slice(whole.offset))?.[0];
  if (!whole || !inner || name === undefined) {
    return setValue(document, path, `${kind}(${written})`);
  }
  return [
    { offset: whole.offset, length: name.length, text: kind },
    { offset: inner.offset, length: inner.length, text: written },
  ];
}

/** The comment behind the value at a path gets another tag, comes or goes. */
function commentEdits(
  document: RonDocument,
  path: RonPath,
  tag: string | undefined,
): readonly TextEdit[] {
  const end = endOf(document, path);
  if (end === undefined) return [];
  const kept = keptTagAt(document.text, end);
  if (kept === undefined) {
    const text = ` /* Tag(${encodeRon(tag ?? "", string())}) */`;
    return tag === undefined ? [] : [{ offset: end, length: 0, text }];
  }
  const { comment, name } = kept;
  return tag === undefined
    ? [{ ...comment, text: "" }]
    : [{ ...name, text: tag }];
}

function endOf(document: RonDocument, path: RonPath): number | undefined {
  const span = spanOf(document, path);
  return span && span.offset + span.length;
}

interface KeptTag {
  readonly tag: string;
  /** The comment and the space before it. */
  readonly comment: Omit<TextEdit, "text">;
  /** The tag in it. */
  readonly name: Omit<TextEdit, "text">;
}

function keptTagAt(text: string, offset: number): KeptTag | undefined {
  const behind = text.slice(offset);
  const found = KEPT_TAGS.map((each) => each.exec(behind))
    .find((match) => match !== null);
  if (found === undefined) return undefined;
  const [all, comma = "", before = "", tag = ""] = found;
  const start = offset + comma.length;
  return {
    tag,
    comment: { offset: start, length: all.length - comma.length },
    name: { offset: start + before.length, length: tag.length },
  };
}

function changedMeanwhile({ name, from }: ReferenceChange): ForgeError {
  return new ForgeError(
    "FILE_BUSY",
    `Cannot change the reference of ${name}: the configuration no longer asks for "${from}"`,
    { hint: "Somebody changed the file meanwhile: run the command again" },
  );
}
