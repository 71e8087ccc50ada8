/** A parsed document: tree, findings, and the way from paths to places. */
import { diagnosticsOf } from "./findings.ts";
import type { RonDiagnostic } from "./diagnostic.ts";
import type { RonExtension } from "./extensions.ts";
import { RON_EXTENSIONS } from "./extensions.ts";
import type { ByteOrderMark } from "./read.ts";
import { readText } from "./read.ts";
import { any } from "./schema.ts";
import type { RonAttribute, RonNode, RonPart } from "./tree.ts";
import { partsText } from "./tree.ts";
import { parseTree } from "./tree_parser.ts";

/** A text and everything that is known of it without a schema. */
export interface RonDocument {
  /** The whole text. */
  readonly text: string;
  /** The value, unless the text has none. */
  readonly root: RonNode | undefined;
  /** The whole text as tokens and nodes, trivia included. */
  readonly parts: readonly RonPart[];
  /** The extensions that `#![enable(...)]` turns on. */
  readonly extensions: readonly RonExtension[];
  /** What is wrong with the text whatever its shape; the first is the crate's. */
  readonly diagnostics: readonly RonDiagnostic[];
}

/** How to parse. */
export interface ParseOptions {
  /**
   * What to do about a byte order mark. The Rust crate refuses it; the default
   * here is to strip it and warn.
   */
  readonly byteOrderMark?: ByteOrderMark;
}

/**
 * Parses any text to a tree and a list of diagnostics. Never throws: what
 * cannot be read is an error node, and reading goes on behind it.
 *
 * @example
 * ```ts
 * import { parseDocument } from "@forgepoint/forge/ron";
 *
 * const document = parseDocument("(a: 1 b: 2, c: ,)");
 * document.diagnostics.map((each) => each.code);
 * // ["ExpectedComma", "UnexpectedChar"]
 * ```
 */
export function parseDocument(
  text: string,
  options: ParseOptions = {},
): RonDocument {
  const { parts, root, attributes } = parseTree(text);
  let diagnostics: readonly RonDiagnostic[] | undefined;
  return {
    text,
    root,
    parts,
    extensions: enabledExtensions(text, attributes),
    get diagnostics(): readonly RonDiagnostic[] {
      return diagnostics ??= untypedDiagnostics(text, options);
    },
  };
}

function untypedDiagnostics(
  text: string,
  options: ParseOptions,
): readonly RonDiagnostic[] {
  const schema = any();
  return diagnosticsOf(text, schema, readText(text, schema, options), options);
}

function enabledExtensions(
  text: string,
  attributes: readonly RonAttribute[],
): RonExtension[] {
  const words = attributes.flatMap(({ parts }) =>
    parts.filter((part) => part.kind === "identifier")
      .map((part) => text.slice(part.start, part.end))
  );
  return RON_EXTENSIONS.filter((each) => words.includes(each));
}

/**
 * The text of a document, put together from the leaves of its tree.
 *
 * @example
 * ```ts
 * import { documentText, parseDocument } from "@forgepoint/forge/ron";
 *
 * documentText(parseDocument("(a: 1, // one\n)")); // the same text
 * ```
 */
export function documentText(document: RonDocument): string {
  return partsText(document.parts, document.text);
}
