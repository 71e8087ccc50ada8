/** A text laid out anew: same values, same comments, same spelling. */
import { RonSyntaxError } from "./diagnostic.ts";
import { parseDocument } from "./document.ts";
import { errorsOf } from "./findings.ts";
import { lineEndOf } from "./fragment.ts";
import { formatNode, triviaText } from "./format_nodes.ts";
import { render } from "./layout.ts";
import { readText } from "./read.ts";
import { any } from "./schema.ts";
import type { StringifyOptions } from "./stringify.ts";
import { layoutOptions } from "./stringify.ts";
import type { RonAttribute, RonPart } from "./tree.ts";
import { isTrivia } from "./tree.ts";

/** How to format. */
export type FormatOptions = StringifyOptions;

/**
 * Formats a text: one element per line where the source has it so or the line
 * would be too long, trailing commas, one space after colons. Values, comments
 * and the spelling of literals stay; formatting twice changes nothing more.
 *
 * @throws {RonSyntaxError} when the text is not RON.
 *
 * @example
 * ```ts
 * import { formatRon } from "@forgepoint/forge/ron";
 *
 * formatRon("(a:1,b:[ 2,3 ])"); // "(a: 1, b: [2, 3])\n"
 * ```
 */
export function formatRon(text: string, options: FormatOptions = {}): string {
  const reading = readText(text, any());
  const [first] = errorsOf(text, reading);
  if (first !== undefined) {
    throw new RonSyntaxError(text, first, errorsOf(text, reading));
  }
  const out: string[] = [];
  let gap = "";
  const { parts } = parseDocument(text);
  parts.forEach((part, index) => {
    if (part.kind === "byteOrderMark") return;
    if (part.kind === "whitespace") {
      gap = newlines(text, part) > 1 ? "\n" : "";
      return;
    }
    const inline = index > 0 && followsOnLine(text, parts, index);
    const separator = out.length === 0 ? "" : inline ? " " : "\n" + gap;
    out.push(separator, formatPart(text, part, options));
    gap = "";
  });
  const formatted = out.join("") + "\n";
  return lineEndOf(text) === "\n"
    ? formatted
    : formatted.replace(/\r?\n/g, "\r\n");
}

function formatPart(
  text: string,
  part: RonPart,
  options: FormatOptions,
): string {
  if (part.kind === "attribute") return formatAttribute(text, part);
  if (!("parts" in part) || part.kind === "entry") {
    return triviaText(text, part);
  }
  return render(formatNode(text, part), layoutOptions(options));
}

function newlines(text: string, part: RonPart): number {
  return text.slice(part.start, part.end).split("\n").length - 1;
}

/** Whether a comment stands behind something on the same line. */
function followsOnLine(
  text: string,
  parts: readonly RonPart[],
  index: number,
): boolean {
  const part = parts[index]!;
  if (!isTrivia(part)) return false;
  for (let i = index - 1; i >= 0; i--) {
    const before = parts[i]!;
    if (before.kind === "byteOrderMark") return false;
    if (before.kind !== "whitespace") return before.kind !== "lineComment";
    if (newlines(text, before) > 0) return false;
  }
  return false;
}

/** `#![enable(a, b)]`; one with comments inside stays as it is. */
function formatAttribute(text: string, attribute: RonAttribute): string {
  const hasComment = attribute.parts.some((part) =>
    part.kind === "lineComment" || part.kind === "blockComment"
  );
  if (hasComment) return text.slice(attribute.start, attribute.end);
  return attribute.parts.filter((part) => !isTrivia(part))
    .map((part) => text.slice(part.start, part.end))
    .map((word) => word === "," ? ", " : word === "=" ? " = " : word)
    .join("").replace(/, \)/, ")");
}
